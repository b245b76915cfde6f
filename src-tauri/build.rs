//! Compiles the capabilities and the application manifest into the shell.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The screens are compiled into the program by a macro, whose reading of files Cargo does not see.
    println!("cargo:rerun-if-changed=ui/dist");
    let attributes = tauri_build::Attributes::new().capabilities_path_pattern("src-tauri/capabilities/*.json");
    tauri_build::try_build(attributes)?;
    Ok(())
}
