//! Checks that the Rust we promise is the Rust we build with: no other version is tested.

use crate::published::PUBLISHED;
use crate::run::Failure;
use crate::tree;

pub(crate) fn check() -> Result<(), Failure> {
    let toolchain = tree::read("rust-toolchain.toml")?;
    let Some(version) = built_with(&toolchain) else {
        return Err(Failure::new(
            "rust-toolchain.toml names no version like 1.95.0",
        ));
    };
    demand("Cargo.toml", &format!("rust-version = \"{version}\"\n"))?;
    for published in &PUBLISHED {
        let readme = published.file("README.md");
        demand(&readme.to_string_lossy(), &format!("Rust {version},"))?;
    }
    Ok(())
}

/// The version without its patch: `1.95` of `channel = "1.95.0"`.
fn built_with(toolchain: &str) -> Option<&str> {
    let (_, channel) = toolchain.split_once("channel = \"")?;
    let (version, _) = channel.split_once('"')?;
    let (minor, patch) = version.rsplit_once('.')?;
    let is_complete = minor.contains('.') && patch.parse::<u32>().is_ok();
    is_complete.then_some(minor)
}

fn demand(path: &str, statement: &str) -> Result<(), Failure> {
    if tree::read(path)?.contains(statement) {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{path} does not say `{}` as rust-toolchain.toml does",
        statement.trim()
    )))
}

#[cfg(test)]
mod tests {
    use super::built_with;

    #[test]
    fn version_of_a_toolchain() {
        let cases = [
            ("[toolchain]\nchannel = \"1.95.0\"\n", Some("1.95")),
            ("[toolchain]\nchannel = \"1.95\"\n", None),
            ("[toolchain]\nchannel = \"stable\"\n", None),
            ("[toolchain]\n", None),
        ];
        for (toolchain, expected) in cases {
            assert_eq!(built_with(toolchain), expected, "{toolchain}");
        }
    }
}
