//! Lists of paths of which the first that is valued counts: `OBX-14 | OBR-7`.

use std::ops::Deref;

use hl7::Path;

/// The paths, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Routes {
    routes: Vec<Route>,
}

/// One path, and whether it counts the segments of its name.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) path: Path,
    /// The `2` of `NTE[2]-3`; `None` where it is not written.
    pub(crate) occurrence: Option<u16>,
    /// Whether a path without a component means all of them, and not the first: a coded value
    /// with its system, or free text in which `^` and `&` were not escaped.
    pub(crate) whole: bool,
}

/// A path of a list that cannot be read.
#[derive(Debug)]
pub(crate) struct BadRoute {
    pub(crate) path: String,
    pub(crate) error: hl7::PathError,
}

impl Routes {
    /// Reads a list. The error is that of the first malformed path.
    pub(crate) fn parse(text: &str) -> Result<Routes, BadRoute> {
        let routes: Result<_, _> = text.split('|').map(Route::parse).collect();
        Ok(Routes { routes: routes? })
    }

    /// The same routes, of which those to a field mean the whole of a repetition.
    pub(crate) fn whole(mut self) -> Routes {
        for route in &mut self.routes {
            route.whole = route.path.component().is_none();
        }
        self
    }

    /// The list as people write it.
    pub(crate) fn text(&self) -> String {
        let paths: Vec<_> = self
            .routes
            .iter()
            .map(|route| route.path.to_string())
            .collect();
        paths.join(" | ")
    }
}

impl Deref for Routes {
    type Target = [Route];

    fn deref(&self) -> &[Route] {
        &self.routes
    }
}

impl Route {
    fn parse(text: &str) -> Result<Route, BadRoute> {
        let text = text.trim();
        match Path::parse(text) {
            Ok(path) => {
                let counts = text.as_bytes().get(path.segment().len()) == Some(&b'[');
                let occurrence = counts.then_some(path.occurrence());
                Ok(Route {
                    path,
                    occurrence,
                    whole: is_free_text(&path),
                })
            }
            Err(error) => Err(BadRoute {
                path: text.to_owned(),
                error,
            }),
        }
    }
}

/// Notes and results, in which senders do not always escape what looks like a delimiter.
pub(crate) const FREE_TEXT: &[(&str, u16)] = &[("NTE", 3), ("OBX", 5)];

fn is_free_text(path: &Path) -> bool {
    path.component().is_none() && FREE_TEXT.contains(&(path.segment(), path.field()))
}
