# Supervision reports (Formulir Model A).

supervision-write = Write report
supervision-untitled = Supervision report
supervision-empty = No reports yet
supervision-empty-hint = Every supervision activity goes into Formulir Model A. Write the first one; its draft is saved by itself.
supervision-make-finding = Make finding
supervision-number-hint = Such as 004/LHP/PM.01.02/K.MA-05.01/IX/2024
supervision-assignment-hint = Number of the assignment letter, such as 197/PM.00.02/K.MA-05/06/2024
supervision-findings-about = Tell what happened in order: who, what, where, when and how. The text may be long.
supervision-violation-about = Is there information on an alleged violation?
supervision-violation-event = Event
supervision-violation-told = Account, facts and analysis
supervision-dispute-about = Is there information on a potential dispute?
supervision-photos-about = One to four of the clearest photos, each with a caption.
supervision-activity = Activity
supervision-activity-add = Add activity
supervision-activity-none = No supervision activity yet.
supervision-activity-form-hint = Such as direct supervision, patrol, tracing
supervision-activity-target-hint = Who or what was supervised

## Usual stages
supervision-stage-voter-list = Updating voter data and compiling the voter list
supervision-stage-candidacy = Candidacy
supervision-stage-campaign = Campaign
supervision-stage-quiet-period = Quiet period
supervision-stage-logistics = Procurement and distribution of logistics
supervision-stage-voting = Voting and counting
supervision-stage-recapitulation = Recapitulation of the count
supervision-stage-neutrality = Supervision of the neutrality of ASN, TNI and Polri
