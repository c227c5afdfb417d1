//! Addresses, `HOST:PORT` or `[HOST]:PORT`.

/// The host of an address. An IPv6 address loses its brackets.
///
/// ```
/// use cistern_service::host;
///
/// assert_eq!(host("ehr.harbor.example:2576"), "ehr.harbor.example");
/// assert_eq!(host("[::1]:2576"), "::1");
/// ```
pub fn host(address: &str) -> &str {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let within = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    within.unwrap_or(host)
}

/// Whether there is a host, and a port that can be connected to.
pub(crate) fn is_address(text: &str) -> bool {
    let port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    text.rsplit_once(':')
        .is_some_and(|(host, end)| !host.is_empty() && port(end))
}
