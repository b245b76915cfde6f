// Which view is drawn for which screen. Each is loaded when first shown, so that starting stays quick.
import type { Component } from 'svelte';
import type { ScreenName, ScreenParameters } from './routes';

type Screens = { [Name in ScreenName]: () => Promise<{ default: Component<ScreenParameters<Name>> }> };

export const SCREENS: Screens = {
  home: () => import('./HomeView.svelte'),
  supervisionList: () => import('./SupervisionListView.svelte'),
  supervisionReport: () => import('./SupervisionReportView.svelte'),
  findingList: () => import('./FindingListView.svelte'),
  findingFromReport: () => import('./FindingFromReportView.svelte'),
  finding: () => import('./FindingView.svelte'),
  outreachList: () => import('./OutreachListView.svelte'),
  outreachEvent: () => import('./OutreachEventView.svelte'),
  attendance: () => import('./AttendanceView.svelte'),
  documentList: () => import('./DocumentListView.svelte'),
  documentVerify: () => import('./DocumentVerifyView.svelte'),
  documentIssue: () => import('./DocumentIssueView.svelte'),
  document: () => import('./DocumentView.svelte'),
  review: () => import('./ReviewView.svelte'),
  history: () => import('./HistoryView.svelte'),
  synchronization: () => import('./SynchronizationView.svelte'),
  held: () => import('./HeldView.svelte'),
  enrolment: () => import('./EnrolmentView.svelte'),
};
