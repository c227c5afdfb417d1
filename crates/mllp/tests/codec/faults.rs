//! Faults that other MLLP implementations have, where no other test here names them.

use cistern_mllp::MllpCodec;

use crate::decoded::decode;

/// Compiles only while the type has no default, which would be a limit of 0.
#[test]
fn a_codec_has_a_limit_that_somebody_chose() {
    trait MayHaveDefault<Guess> {
        fn has_none() {}
    }
    impl<T> MayHaveDefault<()> for T {}
    impl<T: Default> MayHaveDefault<u8> for T {}
    <MllpCodec as MayHaveDefault<_>>::has_none();
}

#[test]
fn content_need_not_be_text() {
    let content: Vec<u8> = (0..=255)
        .filter(|byte| !b"\x0B\x1C".contains(byte))
        .collect();
    let stream = [b"\x0B", &content[..], b"\x1C\r"].concat();
    let decoded = decode(256, stream.chunks(3));
    assert_eq!(decoded.frames, [content]);
    assert_eq!((decoded.faults, decoded.error), (vec![], None));
}
