//! Parts of something large, as RFC 9110 §14 has them.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// The part of a whole that a request is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ByteRange {
    /// The first byte.
    pub first: u64,
    /// How many.
    pub length: u64,
    whole: u64,
    partial: bool,
}

impl ByteRange {
    /// The part a request asks for of a whole of so many bytes; the error is the answer to one beyond its end.
    pub fn asked(headers: &HeaderMap, whole: u64) -> Result<Self, Box<Response>> {
        let asked = headers.get(header::RANGE).and_then(|range| range.to_str().ok()).and_then(parse);
        match asked {
            None => Ok(ByteRange { first: 0, length: whole, whole, partial: false }),
            Some((first, _)) if first >= whole => {
                let content_range = [(header::CONTENT_RANGE, format!("bytes */{whole}"))];
                Err(Box::new((StatusCode::RANGE_NOT_SATISFIABLE, content_range).into_response()))
            }
            Some((first, last)) => {
                let last = last.unwrap_or(u64::MAX).min(whole - 1);
                Ok(ByteRange { first, length: last - first + 1, whole, partial: true })
            }
        }
    }

    /// Answers with the bytes of the part.
    pub fn answer(self, body: Body) -> Response {
        let ByteRange { first, length, whole, partial } = self;
        let mut response = Response::new(body);
        *response.status_mut() = if partial { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
        let described = response.headers_mut();
        described.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        described.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        described.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        // A part has at least one byte.
        if partial && let Ok(content_range) = format!("bytes {first}-{}/{whole}", first + length - 1).parse() {
            described.insert(header::CONTENT_RANGE, content_range);
        }
        response
    }
}

/// One range with a start; anything else is answered with the whole, as RFC 9110 §14.2 allows.
fn parse(text: &str) -> Option<(u64, Option<u64>)> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let first: u64 = first.parse().ok()?;
    let last = if last.is_empty() { None } else { Some(last.parse().ok()?) };
    last.is_none_or(|last| last >= first).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_asked(range: &str, whole: u64, expected: Option<(u64, u64)>) {
        let headers = HeaderMap::from_iter([(header::RANGE, range.parse().expect("a header"))]);
        let asked = ByteRange::asked(&headers, whole).ok();
        assert_eq!(asked.map(|range| (range.first, range.length)), expected, "{range} of {whole}");
    }

    #[test]
    fn a_range_is_what_is_there_of_it() {
        check_asked("bytes=0-9", 100, Some((0, 10)));
        check_asked("bytes=90-", 100, Some((90, 10)));
        check_asked("bytes=90-1000", 100, Some((90, 10)));
        check_asked("bytes=100-", 100, None);
        check_asked("bytes=0-", 0, None);
        for whole in ["bytes=-5", "bytes=0-1,5-6", "bytes=9-3", "items=0-1"] {
            check_asked(whole, 100, Some((0, 100)));
        }
    }
}
