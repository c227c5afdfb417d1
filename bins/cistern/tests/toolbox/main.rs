//! The toolbox at a prompt: what it prints, and how it ends.
#![cfg(test)]

mod prompt;

mod account;
mod charset;
mod check;
mod check_message;
mod demo;
mod files_named;
mod gaps;
mod get;
mod hold;
mod list;
mod map;
mod mask;
mod recoded;
mod retry;
mod secure;
mod send;
mod set;
mod show;
mod simulate;
