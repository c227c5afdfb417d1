//! How often the codec looks at a byte of content, which only it can tell.

use std::cell::Cell;

use super::*;

thread_local! {
    static SEARCHED: Cell<usize> = const { Cell::new(0) };
}

/// Called with the number of bytes that one search passed over.
pub(super) fn count_searched(bytes: usize) {
    SEARCHED.set(SEARCHED.get() + bytes);
}

/// Bytes passed over while `stream` is decoded in reads of `read_bytes`.
fn searched(stream: &[u8], read_bytes: usize) -> usize {
    SEARCHED.set(0);
    let mut codec = MllpCodec::new(usize::MAX);
    let mut buffer = BytesMut::new();
    for read in stream.chunks(read_bytes) {
        buffer.extend_from_slice(read);
        while codec.decode(&mut buffer).unwrap().is_some() {}
    }
    SEARCHED.get()
}

#[test]
fn each_byte_of_content_is_searched_once_however_it_arrives() {
    let content = [b'a'; 10_000];
    let stream = [&[START_BLOCK], &content[..], &[END_BLOCK, CARRIAGE_RETURN]].concat();
    for read_bytes in [1, 2, 3, 1460, stream.len()] {
        assert_eq!(
            searched(&stream, read_bytes),
            content.len(),
            "reads of {read_bytes}"
        );
    }
}

#[test]
fn a_frame_full_of_end_blocks_is_searched_once() {
    let content = b"a\x1C".repeat(5_000);
    let stream = [&[START_BLOCK], &content[..], &[END_BLOCK, CARRIAGE_RETURN]].concat();
    for read_bytes in [1, 7, stream.len()] {
        assert_eq!(
            searched(&stream, read_bytes),
            5_000,
            "reads of {read_bytes}"
        );
    }
}
