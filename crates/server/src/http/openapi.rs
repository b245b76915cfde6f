//! What the OpenAPI document says besides the paths, which say themselves where they are served.

use arumbae_protocol::{Failure, FailureCode};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi, ToResponse};

/// The document without its paths.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Arumbae, the provincial server",
        description = "Bodies are CBOR (RFC 8949); byte strings stand as `format: binary`. Every answer names the protocol in \
            `arumbae-protocol`. Answers that are no success carry a `Failure`, whose reference stands in the server's log. \
            See docs/format.md for what segments hold and docs/operations.md for the limits.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(responses(Refused), schemas(Failure, FailureCode)),
    modifiers(&DeviceSignature)
)]
pub(super) struct Document;

/// The answer to every request that was not served.
#[derive(ToResponse)]
#[response(description = "Refused, for the reason that the code names", content_type = "application/cbor")]
pub(super) struct Refused(
    #[allow(dead_code, reason = "described only; the answer is written by `HttpFailure`")] Failure,
);

struct DeviceSignature;

impl Modify for DeviceSignature {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = ApiKey::Header(ApiKeyValue::with_description(
            "signature",
            "HTTP Message Signatures (RFC 9421, Ed25519) by the device key over @method, @path and content-digest, with \
             created, nonce and keyid, labelled `arumbae`; beside `signature-input` and `content-digest` (RFC 9530)",
        ));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("device", SecurityScheme::ApiKey(scheme));
        let token = Http::builder().scheme(HttpAuthScheme::Bearer);
        let token = token.description(Some("An upload token, for clients that cannot sign; see docs/attachments.md"));
        components.add_security_scheme("upload_token", SecurityScheme::Http(token.build()));
    }
}
