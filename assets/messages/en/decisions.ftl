# Decisions: what the program notes beside the reason of the person who decided.

decision-put-together = [Two revisions put together by the program from different sentences, chosen by the person who decided.]
