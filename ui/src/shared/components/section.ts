/** How far a section of a form is. */
export type FormSectionState = 'empty' | 'partial' | 'complete' | 'problem';
