//! Several messages in one text: a stream of them, or a batch file.

use crate::batch::{Batch, BatchItem};

/// Cuts a text into its messages.
///
/// Each slice starts at an MSH and ends before the next MSH or the next line of an envelope (FHS,
/// BHS, BTS, FTS). The envelope, and whatever else belongs to no message, is passed over;
/// [`Batch`] shows it and checks its counts.
///
/// ```
/// let file = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|A\rPID|1\rMSH|^~\\&|B\rBTS|2\rFTS|1\r";
/// let messages: Vec<&[u8]> = cistern_hl7::split_messages(file).collect();
/// assert_eq!(messages, [&b"MSH|^~\\&|A\rPID|1\r"[..], b"MSH|^~\\&|B\r"]);
/// ```
pub fn split_messages(text: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    Batch::new(text).filter_map(|item| match item {
        BatchItem::Message(message) => Some(message),
        _ => None,
    })
}
