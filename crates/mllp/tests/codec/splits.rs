//! How a stream is split into reads changes nothing, and all agrees with a naive reading of it.

use proptest::prelude::*;
use proptest::sample::Index;

use crate::decoded::decode;
use crate::naive::{LIMIT, Naive};

/// Frames, sound and otherwise, with junk between.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let sound = "[a-z\r]{0,30}".prop_map(|content| format!("\x0B{content}\x1C\r").into_bytes());
    let junk = "[a-z \r\n\0]{0,6}".prop_map(String::into_bytes);
    let noise = proptest::collection::vec(
        proptest::sample::select(&b"\x0B\x0B\x1C\x1C\r\n \0ab\xE9"[..]),
        0..12,
    );
    let piece = prop_oneof![3 => sound, 1 => junk, 2 => noise];
    proptest::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

fn split(mut stream: &[u8], cuts: Vec<Index>) -> Vec<&[u8]> {
    let mut places: Vec<_> = cuts
        .into_iter()
        .map(|cut| cut.index(stream.len() + 1))
        .collect();
    places.sort_unstable();
    let mut pieces = Vec::new();
    let mut taken = 0;
    for place in places {
        let (piece, rest) = stream.split_at(place - taken);
        pieces.push(piece);
        (stream, taken) = (rest, place);
    }
    pieces.push(stream);
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_split_gives_the_same(stream in stream(), cuts in proptest::collection::vec(any::<Index>(), 0..20)) {
        let whole = decode(LIMIT, [&stream[..]]);
        prop_assert_eq!(decode(LIMIT, split(&stream, cuts)), whole);
    }

    #[test]
    fn one_byte_at_a_time_gives_the_same(stream in stream()) {
        prop_assert_eq!(decode(LIMIT, stream.chunks(1)), decode(LIMIT, [&stream[..]]));
    }

    #[test]
    fn a_naive_reading_agrees(stream in stream()) {
        prop_assert_eq!(decode(LIMIT, [&stream[..]]), Naive::read(&stream));
    }
}
