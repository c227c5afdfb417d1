//! Nothing that prints shows a byte of a message.

use bytes::BytesMut;
use cistern_mllp::MllpCodec;
use tokio_util::codec::Decoder;

const MARKER: &str = "ZZMARKER";

#[test]
fn neither_codec_nor_fault_nor_error_prints_content() {
    let streams = [
        MARKER.to_owned(),
        format!("\x0B{MARKER}"),
        format!("\x0B{MARKER}\x0B{MARKER}\x1C\r"),
        format!("\x0B{MARKER}{MARKER}{MARKER}"),
        MARKER.repeat(1000),
    ];
    for stream in streams {
        let printed = print_all(&stream);
        assert!(!printed.contains(MARKER), "{printed}");
        let as_numbers = format!("{:?}", MARKER.as_bytes());
        assert!(
            !printed.contains(as_numbers.trim_matches(['[', ']'])),
            "{printed}"
        );
    }
}

fn print_all(stream: &str) -> String {
    let mut codec = MllpCodec::new(MARKER.len() * 2);
    let mut buffer = BytesMut::from(stream);
    let first = codec.decode(&mut buffer).map(drop);
    let end = codec.decode_eof(&mut buffer).map(drop);
    let open = format!("{codec:?}");
    let faults = codec.take_faults();
    let errors: Vec<_> = [&first, &end]
        .into_iter()
        .filter_map(|result| result.as_ref().err())
        .map(|error| format!("{error} {error:?}"))
        .collect();
    format!("{open} {faults:?} {errors:?}")
}
