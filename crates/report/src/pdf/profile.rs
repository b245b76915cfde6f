//! The sRGB colour profile (IEC 61966-2-1) that says what the colours of a document mean.
//!
//! It is computed, not shipped: an ICC.1:2001 display profile is a header, three primaries and one curve.

/// The profile's bytes.
pub(super) fn srgb() -> Vec<u8> {
    // Primaries adapted to the D50 white of the profile connection space, as in ICC's own sRGB profiles.
    let tags: [(&[u8; 4], Vec<u8>); 9] = [
        (b"desc", description("sRGB")),
        (b"cprt", [b"text\0\0\0\0".as_slice(), b"CC0\0"].concat()),
        (b"wtpt", xyz(0.9642, 1.0, 0.8249)),
        (b"rXYZ", xyz(0.43607, 0.22249, 0.01392)),
        (b"gXYZ", xyz(0.38515, 0.71687, 0.09708)),
        (b"bXYZ", xyz(0.14307, 0.06061, 0.7141)),
        (b"rTRC", curve()),
        (b"gTRC", Vec::new()),
        (b"bTRC", Vec::new()),
    ];
    let mut table = (tags.len() as u32).to_be_bytes().to_vec();
    let mut data = Vec::new();
    let begin = 128 + 4 + 12 * tags.len();
    let mut last = (0, 0);
    for (signature, content) in &tags {
        // The three channels share one curve.
        if !content.is_empty() {
            last = (begin + data.len(), content.len());
            data.extend_from_slice(content);
            data.resize(data.len().next_multiple_of(4), 0);
        }
        table.extend_from_slice(*signature);
        table.extend((last.0 as u32).to_be_bytes());
        table.extend((last.1 as u32).to_be_bytes());
    }
    let size = begin + data.len();
    let mut header = vec![0; 128];
    header[..4].copy_from_slice(&(size as u32).to_be_bytes());
    header[8..12].copy_from_slice(&[2, 0x10, 0, 0]);
    header[12..24].copy_from_slice(b"mntrRGB XYZ ");
    // A fixed date: the profile is the same for ever.
    for (at, number) in [2024u16, 1, 1, 0, 0, 0].into_iter().enumerate() {
        header[24 + 2 * at..26 + 2 * at].copy_from_slice(&number.to_be_bytes());
    }
    header[36..40].copy_from_slice(b"acsp");
    header[68..80].copy_from_slice(&xyz(0.9642, 1.0, 0.8249)[8..20]);
    [header, table, data].concat()
}

fn fixed(value: f64) -> [u8; 4] {
    ((value * 65536.0).round() as i32).to_be_bytes()
}

fn xyz(x: f64, y: f64, z: f64) -> Vec<u8> {
    [b"XYZ \0\0\0\0".as_slice(), &fixed(x), &fixed(y), &fixed(z)].concat()
}

fn description(text: &str) -> Vec<u8> {
    let length = (text.len() as u32 + 1).to_be_bytes();
    // Without the Unicode and Macintosh variants, whose places must still be there.
    [b"desc\0\0\0\0".as_slice(), &length, text.as_bytes(), &[0; 1 + 8 + 3 + 67]].concat()
}

fn curve() -> Vec<u8> {
    const POINTS: u32 = 1024;
    let linear = |point: u32| {
        let value = f64::from(point) / f64::from(POINTS - 1);
        let light = if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) };
        ((light * 65535.0).round() as u16).to_be_bytes()
    };
    [b"curv\0\0\0\0".as_slice(), &POINTS.to_be_bytes()]
        .concat()
        .into_iter()
        .chain((0..POINTS).flat_map(linear))
        .collect()
}
