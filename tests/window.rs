//! The main job in the real window: a day of an officer, with a power cut in the middle of typing.

mod program;

use program::Laptop;

#[tokio::test]
async fn smoke() {
    let laptop = Laptop::new();
    let program = laptop.start().await;
    let client = program.client.clone();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while std::time::Instant::now() < deadline {
        let text = client.execute("return document.body.innerText", vec![]).await;
        eprintln!("{text:?}");
        if text.is_ok_and(|text| text.as_str().unwrap_or("").contains("Selamat")) { break; }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    std::fs::create_dir_all("target/screenshots/window").unwrap();
    std::fs::write("target/screenshots/window/smoke.png", client.screenshot().await.unwrap()).unwrap();
    program.kill();
}
