# Review: what waits to be read, what was returned, what must be decided.

review-title = Review
review-tabs = Kinds of review
review-to-review = To review
review-waiting = Waiting for review
review-returned = Returned
review-conflicts = Conflicts
review-caption-submitted = Submitted records
review-caption-returned = Returned records
review-caption-conflicts = Fields with more than one value
review-column-record = Record
review-column-area = Area
review-column-changed = Changed
review-column-delivery = Delivery
review-column-field = Field
review-column-written = Written by
review-column-newest = Newest
review-more = Load more
review-empty-submitted-reviewer = Nothing to review
review-empty-submitted-reviewer-hint = Records submitted by officers in your area appear here after synchronization.
review-empty-submitted-officer = Nothing waits for review
review-empty-submitted-officer-hint = Records you submitted stay here until a supervisor accepts or returns them.
review-empty-returned = Nothing was returned
review-empty-returned-hint = Returned records stay here with the reason until they are submitted again.
review-empty-conflicts = No conflicts
review-empty-conflicts-hint = When two people change the same field without knowing of each other, both values are kept and wait here for a decision.

## Deciding
review-where = { $kind }: { $title }
review-shown-now = Shown at present
review-differs-legend = Marked words differ from the other value.
review-merged = Both put together
review-merged-mark = Made by the program
review-merged-hint = The two changed different sentences. Read all of it before you choose: what you decide becomes your text, and the history says that the program put it together.
review-comparison = Sentence by sentence
review-comparison-before = Before
review-comparison-gone = (removed)
review-comparison-none = (not there)
review-comparison-alike = Both wrote the same
review-comparison-both = Both changed it
review-anew-hint = The chosen value is copied; change it as needed.
