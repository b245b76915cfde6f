//! Tests of the whole product: a day in the field checked by outside validators, the log's bytes by a second reader, data
//! at rest, the real window.

mod data_at_rest;
mod documents;
mod second_reader;
mod tools;
mod verification_page;
mod window;
