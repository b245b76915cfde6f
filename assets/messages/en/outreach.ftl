# Outreach events: their list and form.

outreach-untitled = Event without a name
outreach-add = Record an event
outreach-empty = No events yet
outreach-empty-hint = Socializations, webinars, podcasts, declarations, pledges and other prevention work are recorded here.
outreach-attendance = Attendance list
outreach-attendance-count = Attendance list ({ $count })
outreach-attendance-saves = The event is saved first when the attendance list is opened.

outreach-title-hint = As on the invitation or in the event's report
outreach-organiser-hint = Several agencies are separated by commas
outreach-basis-hint = Number and date of the assignment, invitation or circular
outreach-place-hint = Building or place, as on the invitation
outreach-link-hint = Address of the online meeting or its recording, beginning with https://
outreach-intent-hint = What this event is held for
outreach-purpose-hint = What it is to achieve
outreach-outcome-hint = What was discussed, what participants asked, and the answers
outreach-recommendation-hint = What should be done after this event, and by whom

outreach-speaker = Speaker
outreach-speaker-add = Add speaker
outreach-speaker-none = No speakers yet.

outreach-agencies-about = Say how many people of each agency were invited.
outreach-agency = Agency
outreach-agency-add = Add agency
outreach-agency-none = No agencies invited yet.
outreach-agency-name = Name of the agency
outreach-agency-people = people
outreach-agencies-sum = { $agencies } agencies, { $people } people invited
