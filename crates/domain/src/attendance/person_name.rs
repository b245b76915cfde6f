//! Personal names, compared without titles and spelling habits.
