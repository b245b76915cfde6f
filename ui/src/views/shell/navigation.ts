// The places of the left rail, in the order of a day's work.
import ClipboardList from '@lucide/svelte/icons/clipboard-list';
import FileCheck from '@lucide/svelte/icons/file-check';
import House from '@lucide/svelte/icons/house';
import Inbox from '@lucide/svelte/icons/inbox';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import SearchAlert from '@lucide/svelte/icons/search-alert';
import Users from '@lucide/svelte/icons/users';
import type { Icon } from '@shared/components';
import type { PlainKey } from '@shared/i18n/index.svelte';
import type { ScreenName } from '../routes';

type FixedScreen =
  'home' | 'supervisionList' | 'findingList' | 'outreachList' | 'documentList' | 'review' | 'synchronization';

export interface Place {
  screen: FixedScreen;
  label: PlainKey;
  icon: Icon;
  /** The screens that lie behind this place. */
  within: readonly ScreenName[];
}

export const PLACES: readonly Place[] = [
  { screen: 'home', label: 'shell-nav-home', icon: House, within: ['home'] },
  {
    screen: 'supervisionList',
    label: 'shell-nav-supervision',
    icon: ClipboardList,
    within: ['supervisionList', 'supervisionReport'],
  },
  {
    screen: 'findingList',
    label: 'shell-nav-finding',
    icon: SearchAlert,
    within: ['findingList', 'finding', 'findingFromReport'],
  },
  {
    screen: 'outreachList',
    label: 'shell-nav-outreach',
    icon: Users,
    within: ['outreachList', 'outreachEvent', 'attendance'],
  },
  {
    screen: 'documentList',
    label: 'shell-nav-document',
    icon: FileCheck,
    within: ['documentList', 'document', 'documentIssue', 'documentVerify'],
  },
  { screen: 'review', label: 'shell-nav-review', icon: Inbox, within: ['review'] },
  {
    screen: 'synchronization',
    label: 'shell-nav-sync',
    icon: RefreshCw,
    within: ['synchronization', 'held', 'enrolment'],
  },
];
