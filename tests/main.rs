//! Tests of the whole product: a day in the field checked by outside validators, data at rest, the real window.

mod data_at_rest;
mod documents;
mod tools;
mod window;
