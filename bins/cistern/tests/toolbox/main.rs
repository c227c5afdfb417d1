//! The toolbox at a prompt: what it prints, and how it ends.
#![cfg(test)]

mod prompt;

mod check;
mod demo;
mod list;
mod map;
mod retry;
mod send;
mod show;
mod simulate;
