//! The sync as a whole: real stores, the real server, and a link that can be made as bad as it gets.

mod attachments;
mod bad_links;
mod clocks;
mod couriers;
mod enrolment;
mod exchange;
mod fleet;
mod interruptions;
mod lost_disks;
mod nearby;
mod province;
mod rotation;
mod strangers;
