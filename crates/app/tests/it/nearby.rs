//! Laptops nearby, as far as a laptop gets that no province knows.

use serde_json::{Value, json};

use arumbae_app::error::ErrorCode;

use crate::desk::Desk;

#[tokio::test]
async fn a_laptop_that_no_province_knows_does_not_take_part() {
    let desk = Desk::of_an_officer().await;
    let state = desk.call("nearby_state", json!({})).await;
    assert_eq!(state["enrolled"], json!(false));
    assert_eq!(state["listening"], Value::Null, "it is off");
    desk.check_refused("nearby_turn", json!({ "on": true }), ErrorCode::NearbyNotEnrolled).await;
    assert_eq!(desk.call("nearby_turn", json!({ "on": false })).await["laptops"], json!([]));
    let call = json!({ "address": "192.168.1.20", "device": null });
    desk.check_refused("nearby_call", call, ErrorCode::NearbyOff).await;
    desk.check_refused("nearby_confirm", json!({ "same": true }), ErrorCode::NearbyOff).await;
    desk.check_refused("nearby_forget", json!({ "device": "bukan kunci" }), ErrorCode::BadArguments).await;
}
