//! Certificates, lists and stamps, judged by programs that are not ours: OpenSSL and pyHanko.

use std::path::{Path, PathBuf};
use std::process::Command;

use arumbae_protocol::{Role, paths};
use arumbae_server::{CarriedRoot, RunningServer};
use arumbae_signing::authority::authority_id;
use arumbae_signing::certificate::certificate_pem;
use arumbae_signing::revocation::RevocationReason;
use http::{Method, header};

use crate::device::{Device, unsigned};
use crate::fixture::{Province, START_MS};

/// Runs a program in a folder; its output, and whether it was content.
#[track_caller]
fn run(folder: &Path, program: &Path, words: &[&str]) -> (bool, String) {
    let output =
        Command::new(program).args(words).current_dir(folder).env("REQUESTS_CA_BUNDLE", "data/ca.pem").output();
    let output = output.unwrap_or_else(|why| {
        panic!("{} cannot be run ({why}); scripts/setup test installs it", program.display());
    });
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[track_caller]
fn openssl(folder: &Path, words: &str) -> (bool, String) {
    run(folder, Path::new("openssl"), &words.split_whitespace().collect::<Vec<_>>())
}

async fn fetch(server: &RunningServer, path: &str) -> Vec<u8> {
    unsigned(server, Method::GET, path).send().await.expect("an answer").bytes().await.expect("a body").to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_verifies_our_stamps() {
    let province = Province::new();
    let server = province.start().await;
    let folder = province.folder.path();
    std::fs::write(folder.join("dokumen"), b"Laporan CONTOH").expect("written");
    for (digest, certificates) in [("sha256", "-cert"), ("sha384", "-cert"), ("sha512", "-cert"), ("sha256", "")] {
        let query = format!("ts -query -data dokumen -{digest} {certificates} -out kueri");
        assert!(openssl(folder, &query).0);
        let body = std::fs::read(folder.join("kueri")).expect("a query");
        let request = unsigned(&server, Method::POST, paths::TIME_STAMP);
        let request = request.header(header::CONTENT_TYPE, "application/timestamp-query").body(body);
        let reply = request.send().await.expect("an answer").bytes().await.expect("a body");
        std::fs::write(folder.join("balasan"), &reply).expect("written");
        if certificates.is_empty() {
            assert!(reply.len() < 700, "no certificates were asked for: {} bytes", reply.len());
            continue;
        }
        let (content, said) = openssl(folder, "ts -verify -queryfile kueri -in balasan -CAfile data/ca.pem");
        assert!(content && said.contains("Verification: OK"), "{digest}: {said}");
        let (_, text) = openssl(folder, "ts -reply -in balasan -text");
        assert!(text.contains("Status: Granted.") && text.contains("Ordering: no"), "{text}");
    }
    assert!(openssl(folder, "ts -query -data dokumen -sha1 -out kueri").0);
    let request = unsigned(&server, Method::POST, paths::TIME_STAMP);
    let body = std::fs::read(folder.join("kueri")).expect("a query");
    let request = request.header(header::CONTENT_TYPE, "application/timestamp-query").body(body);
    let reply = request.send().await.expect("an answer").bytes().await.expect("a body");
    std::fs::write(folder.join("balasan"), &reply).expect("written");
    let (_, text) = openssl(folder, "ts -reply -in balasan -text");
    assert!(text.contains("unrecognized or unsupported algorithm identifier"), "the reason is read: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pyhanko_gets_a_stamp() {
    let province = Province::new();
    let server = province.start().await;
    let script = format!(
        "import asyncio, hashlib\n\
         from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper\n\
         stamper = RequestsHTTPTimeStamper('{}{}', https=True)\n\
         token = asyncio.run(stamper.async_timestamp(hashlib.sha256(b'Laporan CONTOH').digest(), 'sha256'))\n\
         info = token['content']['encap_content_info']['content'].parsed\n\
         print(info['gen_time'].native.isoformat(), len(token.dump()))\n",
        server.url(),
        paths::TIME_STAMP
    );
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/validators/bin/python");
    let folder: PathBuf = province.folder.path().to_owned();
    let (content, said) =
        tokio::task::spawn_blocking(move || run(&folder, &python, &["-c", &script])).await.expect("it ran");
    assert!(content && said.starts_with("2024-02-14T00:00:00"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_follows_the_chain_and_believes_the_lists() {
    let province = Province::new();
    let server = province.start().await;
    let folder = province.folder.path();
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let registry = server.province().registry().await.expect("a registry");
    let officer = &registry.certificates_of(device.person).last().expect("a certificate").der;
    let issuing = registry.authorities().last().expect("an authority");
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).expect("written");
    write("petugas.pem", certificate_pem(officer).expect("PEM").as_bytes());
    write("penerbit.pem", certificate_pem(issuing).expect("PEM").as_bytes());

    let verify = async || {
        let mut lists = String::new();
        for der in [issuing, server.province().ca_der()] {
            let id = authority_id(der).expect("an authority");
            write("daftar.crl", &fetch(&server, &format!("{}/{id}.crl", paths::REVOCATION_LISTS)).await);
            let (content, text) = openssl(folder, "crl -inform DER -in daftar.crl -outform PEM");
            assert!(content, "{text}");
            lists.push_str(&text);
        }
        write("daftar.pem", lists.as_bytes());
        let at = server.province().info().server_time_ms / 1000;
        let chain = "-x509_strict -CAfile data/ca.pem -untrusted penerbit.pem -CRLfile daftar.pem -crl_check_all";
        openssl(folder, &format!("verify -attime {at} {chain} petugas.pem"))
    };
    let (content, said) = verify().await;
    assert!(content && said.contains("petugas.pem: OK"), "{said}");
    province.pass(1000);
    server.province().revoke(device.device_key(), RevocationReason::KeyCompromise).await.expect("revoked");
    let (content, said) = verify().await;
    assert!(!content && said.contains("certificate revoked"), "{said}");

    let carried = CarriedRoot { path: folder.join("akar.pem"), passphrase: "perahu di laut Banda".to_owned().into() };
    server.province().export_root(&carried).await.expect("exported");
    write("sandi", b"perahu di laut Banda\n");
    let (content, said) = openssl(folder, "pkey -in akar.pem -passin file:sandi -noout -text_pub");
    assert!(content && said.contains("prime256v1"), "whoever has the passphrase opens it, without us: {said}");
    assert_eq!(server.province().info().server_time_ms, START_MS + 1000);
}
