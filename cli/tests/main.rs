//! The `meteor` program, run as an operator runs it.

mod binary;
mod common;
mod deploy;
mod end;
mod jobs;
mod killed;
mod resume;
