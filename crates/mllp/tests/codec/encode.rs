//! Encoding: what goes in comes out again, or is refused.

use bytes::{Bytes, BytesMut};
use cistern_mllp::{Commit, FrameError, MllpCodec};
use proptest::prelude::*;
use tokio_util::codec::{Decoder, Encoder};

fn encode(content: &[u8]) -> Result<BytesMut, FrameError> {
    let mut buffer = BytesMut::new();
    MllpCodec::new(0).encode(content, &mut buffer)?;
    Ok(buffer)
}

#[test]
fn a_frame_is_vt_content_fs_cr() {
    assert_eq!(&encode(b"one\r").unwrap()[..], b"\x0Bone\r\x1C\r");

    let mut both = BytesMut::from(&b"\x0Bone\x1C\r"[..]);
    MllpCodec::new(0)
        .encode(Bytes::from_static(b"two"), &mut both)
        .unwrap();
    assert_eq!(&both[..], b"\x0Bone\x1C\r\x0Btwo\x1C\r");
}

#[test]
fn content_that_would_be_torn_is_refused_and_nothing_written() {
    for (content, place) in [
        (&b"a\x0Bb"[..], 1),
        (b"ab\x1C\rc", 2),
        (b"ab\x1C\n", 2),
        (b"\x1Cx\x1C\x0B", 3),
    ] {
        let mut buffer = BytesMut::new();
        let refused = MllpCodec::new(0).encode(content, &mut buffer);
        let Err(FrameError::Unframeable { offset }) = refused else {
            panic!("{} went through", content.escape_ascii());
        };
        assert_eq!(
            (offset, buffer.len()),
            (place, 0),
            "{}",
            content.escape_ascii()
        );
    }
}

#[test]
fn an_end_block_that_no_receiver_takes_for_one_passes() {
    for content in [&b"a\x1Cb"[..], b"\x1C", b"a\x1C\x1C"] {
        let mut buffer = encode(content).unwrap();
        let decoded = MllpCodec::new(8).decode(&mut buffer).unwrap();
        assert_eq!(decoded.as_deref(), Some(content));
    }
}

#[test]
fn commit_answers_are_frames_of_one_byte() {
    for (commit, wire) in [
        (Commit::Stored, b"\x0B\x06\x1C\r"),
        (Commit::NotStored, b"\x0B\x15\x1C\r"),
    ] {
        let mut buffer = BytesMut::new();
        MllpCodec::new(0).encode(commit, &mut buffer).unwrap();
        assert_eq!(&buffer[..], wire);
        let content = MllpCodec::new(1).decode(&mut buffer).unwrap().unwrap();
        assert_eq!(Commit::from_content(&content), Some(commit));
    }
    assert_eq!(Commit::from_content(b""), None);
    assert_eq!(Commit::from_content(b"\x06\x06"), None);
    assert_eq!(Commit::from_content(b"\x15\x15"), None);
}

/// Arbitrary bytes, rich in those that mean something to MLLP.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        3 => any::<u8>(),
        2 => proptest::sample::select(&b"\x1C\r\n\x0B"[..]),
    ];
    proptest::collection::vec(byte, 1..12)
}

fn would_be_torn(content: &[u8]) -> bool {
    content.contains(&0x0B)
        || content
            .windows(2)
            .any(|pair| pair == b"\x1C\r" || pair == b"\x1C\n")
}

proptest! {
    #[test]
    fn content_comes_back_or_is_refused(content in content()) {
        match encode(&content) {
            Ok(mut buffer) => {
                prop_assert!(!would_be_torn(&content));
                let mut codec = MllpCodec::new(content.len());
                let decoded = codec.decode(&mut buffer).unwrap();
                prop_assert_eq!(decoded, Some(Bytes::from(content)));
                prop_assert!(buffer.is_empty());
            }
            Err(_) => prop_assert!(would_be_torn(&content)),
        }
    }
}
