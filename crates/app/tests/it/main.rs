//! The commands as a screen calls them, most of all with input as it really comes.

mod desk;
mod history;

mod account;
mod attachment;
mod attendance;
mod nearby;
mod records;
mod safekeeping;
