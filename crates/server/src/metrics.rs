//! What an operator watches: counts and durations, as Prometheus reads them. Nothing in them tells of a person, a device
//! or a record.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use arumbae_protocol::{NoticeCode, SyncResponse};
use http::{Method, StatusCode};
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// A server's counts. Clones count together.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram, fn() -> Histogram>,
    bodies: Family<DirectionLabels, Counter>,
    receipts: Counter,
    refused_segments: Family<NoticeLabels, Counter>,
    limits: Family<LimitLabels, Counter>,
    /// Open connections.
    pub(crate) connections: Gauge,
    /// Requests that are worked on.
    pub(crate) working: Gauge,
    /// Requests that wait for their turn.
    pub(crate) waiting: Gauge,
    /// Scopes that have grown since somebody last looked whether they need a snapshot.
    pub(crate) unsummed_scopes: Gauge,
}

/// A limit that somebody met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Limit {
    Connections,
    ConnectionsPerAddress,
    Idle,
    Stall,
    LongestExchange,
    Pace,
    DeviceRequests,
    DeviceBytes,
    GuestRequests,
    Enrolments,
    Bodies,
    Turns,
}

/// Which way a body went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Direction {
    In,
    Out,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: Named,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DirectionLabels {
    direction: Direction,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct NoticeLabels {
    code: Named,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LimitLabels {
    limit: Limit,
}

/// A value of a closed list, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Named(&'static str);

impl EncodeLabelValue for Named {
    fn encode(&self, encoder: &mut LabelValueEncoder) -> Result<(), std::fmt::Error> {
        encoder.write_str(self.0)
    }
}

impl EncodeLabelValue for Direction {
    fn encode(&self, encoder: &mut LabelValueEncoder) -> Result<(), std::fmt::Error> {
        encoder.write_str(match self {
            Direction::In => "in",
            Direction::Out => "out",
        })
    }
}

impl EncodeLabelValue for Limit {
    fn encode(&self, encoder: &mut LabelValueEncoder) -> Result<(), std::fmt::Error> {
        encoder.write_str(match self {
            Limit::Connections => "connections",
            Limit::ConnectionsPerAddress => "connections_per_address",
            Limit::Idle => "idle",
            Limit::Stall => "stall",
            Limit::LongestExchange => "longest_exchange",
            Limit::Pace => "pace",
            Limit::DeviceRequests => "device_requests",
            Limit::DeviceBytes => "device_bytes",
            Limit::GuestRequests => "guest_requests",
            Limit::Enrolments => "enrolments",
            Limit::Bodies => "bodies",
            Limit::Turns => "turns",
        })
    }
}

/// From a request in memory, 4 ms, to one that took its time over a slow link, 17 minutes.
fn durations() -> Histogram {
    Histogram::new(exponential_buckets(0.004, 4.0, 10))
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("arumbae");
        let requests = Family::default();
        registry.register("requests", "Requests answered", requests.clone());
        let durations = Family::new_with_constructor(durations as fn() -> Histogram);
        registry.register_with_unit(
            "request",
            "From the head of a request to the end of its answer",
            Unit::Seconds,
            durations.clone(),
        );
        let bodies = Family::default();
        registry.register_with_unit("body", "Bodies, without heads and TLS", Unit::Bytes, bodies.clone());
        let receipts = Counter::default();
        registry.register("receipts", "Segments stored and receipted, again or for the first time", receipts.clone());
        let refused_segments = Family::default();
        registry.register("segments_refused", "Segments not taken into the log", refused_segments.clone());
        let limits = Family::default();
        registry.register("limits_met", "Connections closed and requests refused by a limit", limits.clone());
        let connections = Gauge::default();
        registry.register("connections", "Open connections", connections.clone());
        let working = Gauge::default();
        registry.register("requests_working", "Requests that are worked on", working.clone());
        let waiting = Gauge::default();
        registry.register("requests_waiting", "Requests that wait for their turn", waiting.clone());
        let unsummed_scopes = Gauge::default();
        registry.register("scopes_unsummed", "Scopes that grew and wait to be added up", unsummed_scopes.clone());
        Metrics {
            registry: Arc::new(registry),
            requests,
            durations,
            bodies,
            receipts,
            refused_segments,
            limits,
            connections,
            working,
            waiting,
            unsummed_scopes,
        }
    }
}

impl Metrics {
    /// All of them in the text format of OpenMetrics, which Prometheus reads.
    pub fn to_text(&self) -> String {
        let mut written = String::new();
        // Writing into a string cannot fail.
        let _ = text::encode(&mut written, &self.registry);
        written
    }

    /// The media type of [`to_text`](Self::to_text).
    pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    pub(crate) fn answered(&self, method: &Method, route: &str, status: StatusCode) {
        let labels = RequestLabels { method: method_name(method), route: route.to_owned(), status: status.as_u16() };
        self.requests.get_or_create(&labels).inc();
    }

    pub(crate) fn took(&self, route: &str, duration: Duration) {
        self.durations.get_or_create(&RouteLabels { route: route.to_owned() }).observe(duration.as_secs_f64());
    }

    pub(crate) fn carried(&self, direction: Direction, bytes: usize) {
        self.bodies.get_or_create(&DirectionLabels { direction }).inc_by(bytes as u64);
    }

    pub(crate) fn exchanged(&self, response: &SyncResponse) {
        self.receipts.inc_by(response.receipts.len() as u64);
        for notice in &response.quarantine {
            self.refused_segments.get_or_create(&NoticeLabels { code: notice_name(notice.code) }).inc();
        }
    }

    pub(crate) fn hit(&self, limit: Limit) {
        self.limits.get_or_create(&LimitLabels { limit }).inc();
    }
}

/// Methods are the client's to invent; each new one would be a time series.
fn method_name(method: &Method) -> Named {
    Named(match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    })
}

fn notice_name(code: NoticeCode) -> Named {
    Named(match code {
        NoticeCode::Unreadable => "unreadable",
        NoticeCode::NewerFormat => "newer_format",
        NoticeCode::Fork => "fork",
        NoticeCode::Gap => "gap",
        NoticeCode::NotPermitted => "not_permitted",
        NoticeCode::Revoked => "revoked",
        NoticeCode::Unknown => "unknown",
    })
}
