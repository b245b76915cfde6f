//! The sample province as the window uses it, and what happens when the province is not there.

use std::path::Path;
use std::sync::Arc;

use arumbae_app::App;
use arumbae_app::error::{ErrorCode, ErrorNotice};
use arumbae_app::forgotten_passphrase::replace_passphrase;
use arumbae_app::sample::SampleProvince;
use arumbae_app::saved_copy::{CopySource, bytes_of};
use arumbae_domain::SupervisionReport;
use arumbae_domain::schema::{Narrative, RecordId};
use arumbae_protocol::registry::Role;
use arumbae_sample::laptop::{Laptop, laptop};
use arumbae_sample::{InProcessProvince, records};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

const PASSPHRASE: &str = "empat kata yang panjang";

async fn office(app: &App, area: &str) {
    let officer = json!({
        "name": "Contoh Petugas", "position": "Anggota", "district": area,
        "passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE,
    });
    Laptop(app).call::<Value>("create_office", officer).await.expect("an empty folder");
}

async fn invitation(province: &InProcessProvince, area: &str) -> String {
    let area = area.parse().expect("a region code");
    province.invite(Role::Petugas, &area).await.expect("a running province").to_text()
}

async fn enrol(app: &App, invitation: &str) -> Result<Value, ErrorNotice> {
    let order = json!({ "invitation": invitation, "passphrase": PASSPHRASE });
    Laptop(app).call("enrol", order).await.map_err(|error| app.notice(&error))
}

async fn province_in(folder: &Path) -> Arc<InProcessProvince> {
    let province = Arc::new(InProcessProvince::default());
    province.start(&folder.join("provinsi")).await.expect("a free port on loopback");
    province
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_can_be_tried_in_the_sample_province_and_again_after_a_restart() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for start in 0..2 {
        let province = Arc::new(InProcessProvince::default());
        let app = laptop(folder.path(), &province);
        let desk = Laptop(&app);
        let state: Value = desk.call("open_sample", json!({})).await.expect("the sample opens");
        assert_eq!((&state["phase"], &state["sample"]), (&json!("open"), &json!("officer")), "start {start}");
        assert!(state["profile"]["enrolment"]["certificate_serial"].is_string(), "the officer can sign at once");

        let rows: Value =
            desk.call("record_list", json!({ "kind": "supervision_report", "after": null })).await.expect("a list");
        assert_eq!(rows["total"], 1, "start {start}: the sample report is written once");
        let order = json!({
            "source": rows["rows"][0]["id"], "template": "supervision_report", "paper": "a4",
            "passphrase": arumbae_app::sample::SAMPLE_PASSPHRASE,
        });
        let issued: Value = desk.call("document_issue", order).await.expect("a signed document");
        assert_eq!(issued["verification"]["verdict"], "genuine");

        let standing: Value = desk.call("sync_now", json!({})).await.expect("the province answers");
        assert_eq!(standing["waiting_saves"], 0);
        desk.call::<Value>("switch_sample_laptop", json!({ "laptop": "supervisor" })).await.expect("the other laptop");
        desk.call::<Value>("sync_now", json!({})).await.expect("the province answers");
        let received: Value =
            desk.call("record_list", json!({ "kind": "supervision_report", "after": null })).await.expect("a list");
        assert_eq!(received["rows"][0]["id"], rows["rows"][0]["id"], "the supervisor has the officer's report");
        // Twice in a row, while the screen may still be asking.
        desk.call::<Value>("open_sample", json!({})).await.expect("back to the officer");
        desk.call::<Value>("open_sample", json!({})).await.expect("the same laptop again");
        desk.call::<Value>("leave_sample", json!({})).await.expect("out of the sample");
        province.stop().await.expect("the server stops");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_used_once_and_for_its_area() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let province = province_in(folder.path()).await;
    let [first, second, third] = ["satu", "dua", "tiga"].map(|name| laptop(&folder.path().join(name), &province));
    for app in [&first, &second, &third] {
        office(app, "81.71.01").await;
    }
    let text = invitation(&province, "81.71.01").await;
    enrol(&first, &text).await.expect("a fresh invitation");
    let refused = enrol(&second, &text).await.expect_err("a used invitation");
    assert_eq!(refused.code, ErrorCode::InvitationUnknown);
    assert!(refused.message.contains("dipakai") && refused.hint.contains("undangan baru"), "{refused:?}");

    Laptop(&third).write_report().await.expect("work before any enrolment");
    let elsewhere = invitation(&province, "81.71.02").await;
    let refused = enrol(&third, &elsewhere).await.expect_err("an invitation for another district");
    assert_eq!(refused.code, ErrorCode::InvitationArea);
    assert!(refused.message.contains("Sirimau") && refused.message.contains("Nusaniwe"), "{refused:?}");
    let kept: Value = Laptop(&third)
        .call("record_list", json!({ "kind": "supervision_report", "after": null }))
        .await
        .expect("the store is open");
    assert_eq!(kept["total"], 1, "nothing is lost by a refusal");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_server_everything_waits_and_says_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let province = province_in(folder.path()).await;
    let app = member(folder.path(), &province, Role::Petugas, "81.71.01").await;
    province.stop().await.expect("the server stops");

    let desk = Laptop(&app);
    let report = desk.write_report().await.expect("no server is needed to write");
    let error = desk.call::<Value>("sync_now", json!({})).await.expect_err("nobody answers");
    let notice = app.notice(&error);
    assert!([ErrorCode::NoRoute, ErrorCode::ServerInterrupted].contains(&notice.code), "{notice:?}");
    assert!(notice.hint.contains("aman") || notice.hint.contains("dilanjutkan"), "{notice:?}");
    let standing: Value = desk.call("sync_state", json!({})).await.expect("the store is open");
    assert!(standing["waiting_saves"].as_u64() >= Some(1) && standing["sent_saves"] == 0, "{standing:#}");
    let read: Value =
        desk.call("supervision_report_read", json!({ "id": report.record.id })).await.expect("the store is open");
    assert_eq!(read["meta"]["delivery"], "waiting", "never called sent without a receipt");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_over_a_paid_link_is_counted_and_kept_within_the_plan() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let province = province_in(folder.path()).await;
    let app = member(folder.path(), &province, Role::Petugas, "81.71.01").await;
    let desk = Laptop(&app);
    let plan = |day: Option<u64>, free: bool| json!({ "day_bytes": day, "month_bytes": null, "originals_on_paid_links": true, "free": free });
    let refused = desk.call::<Value>("sync_data_plan", plan(Some(99_999), false)).await.expect_err("too small");
    assert_eq!(app.notice(&refused).code, ErrorCode::DataPlanTooSmall);

    desk.write_report().await.expect("a report");
    let free: Value = desk.call("sync_data_plan", plan(Some(100_000), true)).await.expect("a plan");
    assert_eq!((&free["data_plan"]["free"], &free["data_plan"]["day_bytes"]), (&json!(true), &json!(100_000)));
    let standing: Value = desk.call("sync_now", json!({})).await.expect("the province answers");
    assert_eq!(standing["data_plan"]["spent_today"], 0, "a free link costs nothing");

    desk.call::<Value>("sync_data_plan", plan(Some(100_000), false)).await.expect("a plan");
    let large = [records::PHOTOS[0].1, &[7; 300_000]].concat();
    let photo = desk.attach("foto-besar.jpg", &large, "Foto besar").await.expect("a photo");
    let blank: SupervisionReport = desk.call("supervision_report_new", json!({})).await.expect("a form");
    let report = records::report(blank, vec![photo], || RecordId(Uuid::now_v7()));
    desk.call::<Value>("supervision_report_save", json!({ "record": report, "seen": null })).await.expect("saved");
    let standing: Value = desk.call("sync_now", json!({})).await.expect("the province answers");
    assert_eq!((&standing["waiting_saves"], &standing["waiting_attachments"]), (&json!(0), &json!(1)), "{standing:#}");
    assert_eq!(standing["phase"], "plan_used_up", "{standing:#}");
    let spent = standing["data_plan"]["spent_today"].as_u64().expect("a number");
    assert!((100_000..110_000).contains(&spent), "the heads of requests may go over it: {spent}");
    assert_eq!(standing["data_plan"]["spent_this_month"], spent);

    desk.call::<Value>("sync_data_plan", plan(Some(100_000), true)).await.expect("a plan");
    let standing: Value = desk.call("sync_now", json!({})).await.expect("the province answers");
    assert_eq!((&standing["waiting_attachments"], &standing["phase"]), (&json!(0), &json!("idle")), "{standing:#}");
    assert_eq!(standing["data_plan"]["spent_today"], spent);

    let paused: Value = desk.call("sync_pause", json!({ "paused": true })).await.expect("paused");
    assert_eq!(paused["phase"], "paused");
    desk.call::<Value>("lock", json!({})).await.expect("locked");
    desk.call::<Value>("unlock", json!({ "passphrase": PASSPHRASE })).await.expect("unlocked");
    let standing: Value = desk.call("sync_state", json!({})).await.expect("the store is open");
    assert_eq!((&standing["paused"], &standing["data_plan"]["day_bytes"]), (&json!(true), &json!(100_000)));
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_went_are_counted_when_the_attachments_after_them_fail() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let province = province_in(folder.path()).await;
    let app = member(folder.path(), &province, Role::Petugas, "81.71.01").await;
    let desk = Laptop(&app);
    let photo = desk.attach("foto.jpg", records::PHOTOS[0].1, "Foto").await.expect("a photo");
    let blank: SupervisionReport = desk.call("supervision_report_new", json!({})).await.expect("a form");
    let report =
        SupervisionReport { findings_summary: Narrative(unsqueezable(1000)), attachments: vec![photo], ..blank };
    desk.call::<Value>("supervision_report_save", json!({ "record": report, "seen": null })).await.expect("saved");
    // In what is no folder nobody can write, whoever they are.
    let attachments = folder.path().join("provinsi/attachments");
    std::fs::remove_dir_all(&attachments).expect("the province keeps attachments in a folder");
    std::fs::write(&attachments, "").expect("a file");

    let mut spent = Vec::new();
    for attempt in 1..=2 {
        desk.call::<Value>("sync_now", json!({})).await.expect_err("no attachment can be kept");
        let standing: Value = desk.call("sync_state", json!({})).await.expect("the store is open");
        assert_eq!(standing["waiting_saves"], 0, "attempt {attempt}, the records went: {standing:#}");
        assert!(standing["waiting_attachments"].as_u64() > Some(0), "attempt {attempt}: {standing:#}");
        spent.push(standing["data_plan"]["spent_today"].as_u64().expect("a number"));
    }
    let [with_records, both] = spent[..] else { unreachable!("two attempts") };
    assert!(with_records > 16_000, "the records went: {with_records} bytes");
    assert!(both - with_records < 5_000, "the second time they did not: {both} bytes in all");
}

/// A laptop of somebody who holds a role, enrolled.
async fn member(folder: &Path, province: &Arc<InProcessProvince>, role: Role, area: &str) -> App {
    let app = laptop(&folder.join(format!("{role}-{area}-{}", Uuid::now_v7())), province);
    office(&app, area).await;
    let granted = area.parse().expect("a region code");
    let invited = province.invite(role, &granted).await.expect("a running province");
    enrol(&app, &invited.to_text()).await.expect("a fresh invitation");
    app
}

async fn synchronize(app: &App) {
    Laptop(app).call::<Value>("sync_now", json!({})).await.expect("the province answers");
}

async fn refusal(app: &App, command: &str, arguments: Value) -> ErrorCode {
    let error = Laptop(app).call::<Value>(command, arguments).await.expect_err("it is refused");
    app.notice(&error).code
}

async fn report_of(app: &App, id: RecordId) -> Value {
    Laptop(app).call("supervision_report_read", json!({ "id": id })).await.expect("it is here")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_moves_to_the_office_it_belongs_to() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let province = province_in(folder.path()).await;
    let officer = member(folder.path(), &province, Role::Petugas, "81.71.01").await;
    let supervisors = [
        member(folder.path(), &province, Role::PengawasKabkota, "81.71").await,
        member(folder.path(), &province, Role::PengawasKabkota, "81.71").await,
    ];
    let report = Laptop(&officer).write_report().await.expect("a report").record;
    let id = report.id;
    synchronize(&officer).await;
    assert_eq!(report_of(&officer, id).await["meta"]["may_move"], false, "moving is for who reviews");
    let order = |to: &str, reason: &str| json!({ "id": id, "to": to, "reason": reason });
    assert_eq!(refusal(&officer, "record_move", order("81.71.02", "salah kantor")).await, ErrorCode::MoveRefused);

    for (supervisor, to) in supervisors.iter().zip(["81.71.02", "81.71.03"]) {
        synchronize(supervisor).await;
        let offices: Vec<Value> =
            Laptop(supervisor).call("record_destinations", json!({ "id": id })).await.expect("a list");
        let codes: Vec<&str> = offices.iter().filter_map(|office| office["region"]["code"].as_str()).collect();
        assert_eq!(codes, ["81.71", "81.71.02", "81.71.03", "81.71.04", "81.71.05"]);
        assert_eq!(refusal(supervisor, "record_move", order(to, " ")).await, ErrorCode::ReasonMissing);
        for elsewhere in ["81.72.01", "81.71.01", "99.99.99"] {
            assert_eq!(refusal(supervisor, "record_move", order(elsewhere, "keliru")).await, ErrorCode::MoveRefused);
        }
        let moved: Value = Laptop(supervisor).call("record_move", order(to, "kejadian di sana")).await.expect("moved");
        assert_eq!((&moved["scope"], &moved["access"]), (&json!(to), &json!("write")));
    }
    let [first, second] = &supervisors;
    for supervisor in [first, second, first] {
        synchronize(supervisor).await;
    }
    let conflicts: Vec<Value> = Laptop(first).call("conflict_list", json!({})).await.expect("a list");
    let fields: Vec<&Value> = conflicts.iter().map(|conflict| &conflict["field"]).collect();
    assert_eq!(fields, ["scope"], "the parts go where their record goes");
    let decision = json!({ "record": id, "field": "scope", "value": "81.71.02", "note": "alamatnya di Sirimau" });
    let decided: Value = Laptop(first).call("conflict_resolve", decision).await.expect("decided");
    assert_eq!((&decided["scope"], &decided["conflicts"]), (&json!("81.71.02"), &json!([])));
    for app in [first, second, &officer] {
        synchronize(app).await;
        let meta = &report_of(app, id).await["meta"];
        assert_eq!((&meta["scope"], &meta["conflicts"]), (&json!("81.71.02"), &json!([])));
    }

    let read = report_of(&officer, id).await;
    assert_eq!((&read["meta"]["access"], &read["meta"]["next_statuses"]), (&json!("left"), &json!([])));
    assert_eq!(read["record"]["findings_summary"], json!(report.findings_summary), "it can still be read");
    let seen = json!({ "record": read["record"], "version": read["meta"]["version"] });
    let change = json!({ "record": read["record"], "seen": seen });
    assert_eq!(refusal(&officer, "supervision_report_save", change).await, ErrorCode::RecordElsewhere);
    let comment = json!({ "id": id, "text": "Tanya", "about": "" });
    assert_eq!(refusal(&officer, "comment_add", comment).await, ErrorCode::RecordElsewhere);

    let colleague = member(folder.path(), &province, Role::Petugas, "81.71.02").await;
    synchronize(&colleague).await;
    let read = report_of(&colleague, id).await;
    assert_eq!(read["meta"]["access"], "write");
    assert_eq!(read["record"]["attachments"].as_array().map(Vec::len), Some(report.attachments.len()));
    let seen = json!({ "record": read["record"], "version": read["meta"]["version"] });
    let mut record = read["record"].clone();
    record["stage"] = json!("Ditulis di kantor baru");
    let change = json!({ "record": record, "seen": seen });
    Laptop(&colleague).call::<Value>("supervision_report_save", change).await.expect("it is theirs now");
    for app in [&colleague, first] {
        synchronize(app).await;
    }
    assert_eq!(report_of(first, id).await["record"]["stage"], "Ditulis di kantor baru");
    assert_eq!(
        report_of(&officer, id).await["record"]["stage"],
        json!(report.stage),
        "which the old office does not read"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_record_comes_back_whole_or_by_an_edit_that_did_not_know() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let province = province_in(folder.path()).await;
    let officer = member(folder.path(), &province, Role::Petugas, "81.71.01").await;
    let colleague = member(folder.path(), &province, Role::Petugas, "81.71.01").await;
    let report = Laptop(&officer).write_report().await.expect("a report").record;
    let id = report.id;
    synchronize(&officer).await;
    synchronize(&colleague).await;
    let opened = report_of(&colleague, id).await;

    let order = |reason: &str| json!({ "id": id, "reason": reason });
    assert_eq!(refusal(&officer, "record_delete", order(" ")).await, ErrorCode::ReasonMissing);
    let meta: Value = Laptop(&officer).call("record_delete", order("salah entri")).await.expect("deleted");
    assert_eq!((&meta["access"], &meta["deletion"]["reason"]), (&json!("deleted"), &json!("salah entri")));
    assert_eq!((listed(&officer, false).await, listed(&officer, true).await), (0, 1));
    let gone = report_of(&officer, id).await;
    assert_eq!(gone["record"], opened["record"], "it can still be read, with all its parts");
    let seen = json!({ "record": gone["record"], "version": gone["meta"]["version"] });
    let change = json!({ "record": gone["record"], "seen": seen });
    for (command, arguments) in [
        ("supervision_report_save", change),
        ("comment_add", json!({ "id": id, "text": "Tanya", "about": "" })),
        ("record_transition", json!({ "id": id, "to": "submitted", "reason": "" })),
        ("record_move", json!({ "id": id, "to": "81.71.02", "reason": "salah kantor" })),
        ("finding_from_report", json!({ "id": id })),
        ("record_delete", order("sekali lagi")),
    ] {
        assert_eq!(refusal(&officer, command, arguments).await, ErrorCode::RecordDeleted, "{command}");
    }
    let restored: Value = Laptop(&officer).call("record_restore", json!({ "id": id })).await.expect("restored");
    assert_eq!((&restored["access"], &restored["deletion"]), (&json!("write"), &Value::Null));
    assert_eq!(report_of(&officer, id).await["record"], opened["record"]);

    Laptop(&officer).call::<Value>("record_delete", order("rangkap")).await.expect("deleted");
    synchronize(&officer).await;
    synchronize(&colleague).await;
    assert_eq!((listed(&colleague, false).await, listed(&colleague, true).await), (0, 1));
    let mut record = opened["record"].clone();
    record["stage"] = json!("Diubah tanpa mengetahui");
    let seen = json!({ "record": opened["record"], "version": opened["meta"]["version"] });
    let change = json!({ "record": record, "seen": seen });
    let saved: Value = Laptop(&colleague).call("supervision_report_save", change).await.expect("nothing typed is lost");
    assert_eq!((&saved["meta"]["revived"], &saved["meta"]["deletion"]["reason"]), (&json!(true), &json!("rangkap")));
    synchronize(&colleague).await;
    synchronize(&officer).await;
    let back = report_of(&officer, id).await;
    assert_eq!((&back["meta"]["revived"], &back["record"]["attachments"]), (&json!(true), &record["attachments"]));
    let kept: Value = Laptop(&officer).call("record_restore", json!({ "id": id })).await.expect("settled");
    assert_eq!((&kept["revived"], &kept["deletion"]), (&json!(false), &Value::Null));

    Laptop(&officer)
        .call::<Value>("record_transition", json!({ "id": id, "to": "submitted", "reason": "" }))
        .await
        .expect("handed in");
    assert_eq!(report_of(&officer, id).await["meta"]["undeletable"], "handed_in");
    assert_eq!(refusal(&officer, "record_delete", order("rangkap")).await, ErrorCode::DeleteRefused);
}

/// How many reports a list shows.
async fn listed(app: &App, deleted: bool) -> u64 {
    let order = json!({ "kind": "supervision_report", "after": null, "deleted": deleted });
    let page: Value = Laptop(app).call("record_list", order).await.expect("a list");
    page["total"].as_u64().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_everybody_has_leaves_a_laptop_and_comes_back_when_its_history_is_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let province = province_in(folder.path()).await;
    let officer = member(folder.path(), &province, Role::Petugas, "81.71.01").await;
    let supervisor = member(folder.path(), &province, Role::PengawasKabkota, "81.71").await;
    let first = Laptop(&officer).write_report().await.expect("a report").record.id;
    // As many segments as the province adds up, and more of them than a laptop bothers to keep.
    for number in 0..64 {
        let blank: SupervisionReport =
            Laptop(&officer).call("supervision_report_new", json!({})).await.expect("a form");
        let report = SupervisionReport { findings_summary: Narrative(unsqueezable(256)), ..blank };
        let order = json!({ "record": report, "seen": null });
        Laptop(&officer).call::<Value>("supervision_report_save", order).await.expect("saved");
        synchronize(&officer).await;
        if number % 8 == 0 {
            synchronize(&supervisor).await;
        }
    }
    synchronize(&supervisor).await;
    province.add_up().await.expect("a running province");
    synchronize(&supervisor).await;
    let whole = history_of(&supervisor, first).await;
    assert_eq!((&whole["absent"], &whole["coming"]), (&json!(0), &json!(false)));

    supervisor.tend_log().await.expect("the store works");
    let shortened = history_of(&supervisor, first).await;
    assert_eq!(
        (&shortened["total"], &shortened["absent"]),
        (&whole["total"], &whole["total"]),
        "it is in the province"
    );
    assert_eq!(report_of(&supervisor, first).await["record"], report_of(&officer, first).await["record"]);
    let proof = || bytes_of(&supervisor, CopySource::Proof { record: first });
    let refused = proof().await.expect_err("half a history proves nothing");
    assert_eq!(refused.code, ErrorCode::HistoryElsewhere);

    Laptop(&supervisor).call::<Value>("history_fetch", json!({ "id": first })).await.expect("asked for");
    assert_eq!(history_of(&supervisor, first).await["coming"], true);
    synchronize(&supervisor).await;
    assert_eq!(history_of(&supervisor, first).await["entries"], whole["entries"]);
    proof().await.expect("the whole history");
    supervisor.tend_log().await.expect("the store works");
    assert_eq!(history_of(&supervisor, first).await["absent"], 0, "whoever reads it keeps it for a while");
    let standing: Value = Laptop(&supervisor).call("sync_state", json!({})).await.expect("the store is open");
    assert_eq!(standing["disputed"], json!([]), "it is what the province had signed");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_province_helps_whoever_forgot_their_passphrase() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let province = province_in(folder.path()).await;
    let officer = member(folder.path(), &province, Role::Petugas, "81.71.01").await;
    let id = Laptop(&officer).write_report().await.expect("a report").record.id;
    Laptop(&officer).call::<Value>("lock", json!({})).await.expect("locked");
    let entries = std::fs::read_dir(folder.path()).expect("readable").map(|entry| entry.expect("readable").path());
    let store = entries.map(|laptop| laptop.join("kantor")).find(|store| store.exists()).expect("the laptop's store");
    let key = std::fs::read(folder.path().join("provinsi/keys/recovery.key")).expect("the province's key");
    let key: [u8; 32] = key.try_into().expect("a key");
    let replace = |keys: &[[u8; 32]], passphrase: &str| replace_passphrase(&store, keys, passphrase, Timestamp::now());
    assert_eq!(
        replace(&[[7; 32]], "perahu yang baru dicat").expect_err("a stranger").code,
        ErrorCode::RecoveryKeyWrong
    );
    assert_eq!(replace(&[key], "pendek").expect_err("too short").code, ErrorCode::PassphraseShort);
    assert_eq!(replace(&[[7; 32], key], "perahu yang baru dicat").expect("opened"), "Contoh Petugas");

    let unlock = |passphrase: &str| json!({ "passphrase": passphrase });
    assert_eq!(refusal(&officer, "unlock", unlock(PASSPHRASE)).await, ErrorCode::WrongPassphrase);
    Laptop(&officer).call::<Value>("unlock", unlock("perahu yang baru dicat")).await.expect("the new one opens");
    report_of(&officer, id).await;
    synchronize(&officer).await;
}

async fn history_of(app: &App, id: RecordId) -> Value {
    let order = json!({ "id": id, "person": null, "field": null, "after": null });
    Laptop(app).call("record_history", order).await.expect("a history")
}

/// Words of 16 bytes of chance each.
fn unsqueezable(words: usize) -> String {
    (0..words).map(|_| Uuid::new_v4().simple().to_string()).collect::<Vec<_>>().join(" ")
}
