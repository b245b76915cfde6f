//! The server seen from outside: over TLS on loopback, from its storage, and from its terminal.

mod attachment_store;
mod attachments;
mod authorities;
mod authorization;
mod commands;
mod device;
mod enrolment;
mod exchange;
mod fixture;
mod hostile;
mod openapi;
mod operating;
mod outside;
mod parcels;
mod repair;
mod requests;
mod resuming;
mod rotation;
mod servers;
mod snapshots;
mod starting;
mod storage;
mod time_stamps;
mod tus;
mod verification;
