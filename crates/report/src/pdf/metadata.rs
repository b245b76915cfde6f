//! What a document says about itself: XMP, the information dictionary, the colours, the attached record.

use jiff::Timestamp;
use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use super::{Facts, LANGUAGE, PRODUCER, profile, references, text_string, write_error};
use crate::ReportError;

/// Adds everything that hangs on the catalog but is neither structure nor form.
pub(super) fn add(pdf: &mut Document, facts: &Facts) -> Result<(), ReportError> {
    let metadata = Stream::new(dictionary! { "Type" => "Metadata", "Subtype" => "XML" }, xmp(facts).into_bytes());
    // Archives must be able to read it without a decoder (ISO 19005-3, 6.6.2.1).
    let metadata = pdf.add_object(metadata.with_compression(false));
    let profile = pdf.add_object(Stream::new(dictionary! { "N" => 3, "Alternate" => "DeviceRGB" }, profile::srgb()));
    let intent = dictionary! {
        "Type" => "OutputIntent",
        "S" => "GTS_PDFA1",
        "OutputConditionIdentifier" => text_string("sRGB IEC61966-2.1"),
        "Info" => text_string("sRGB IEC61966-2.1"),
        "DestOutputProfile" => profile,
    };
    let record = attach_record(pdf, facts);
    let information = pdf.add_object(information(facts));
    if let Ok(former) = pdf.trailer.get(b"Info").and_then(Object::as_reference) {
        pdf.objects.remove(&former);
    }
    pdf.trailer.set("Info", information);
    let catalog = pdf.catalog_mut().map_err(write_error)?;
    catalog.set("Lang", text_string(LANGUAGE));
    catalog.set("MarkInfo", dictionary! { "Marked" => true });
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    catalog.set("Metadata", metadata);
    catalog.set("OutputIntents", vec![Object::Dictionary(intent)]);
    catalog.set("AF", references([record]));
    let names = dictionary! { "Names" => vec![text_string(RECORD_NAME), Object::Reference(record)] };
    catalog.set("Names", dictionary! { "EmbeddedFiles" => names });
    Ok(())
}

/// The name the record has as an attachment.
const RECORD_NAME: &str = "record.json";

/// Attaches the record as the data the document was made from (ISO 19005-3, Annex E).
fn attach_record(pdf: &mut Document, facts: &Facts) -> lopdf::ObjectId {
    let parameters = dictionary! {
        "Size" => facts.record.len() as i64,
        "ModDate" => Object::string_literal(pdf_date(facts.issued_at)),
    };
    let file = dictionary! { "Type" => "EmbeddedFile", "Subtype" => "application/json", "Params" => parameters };
    let file = pdf.add_object(Stream::new(file, facts.record.clone()));
    pdf.add_object(dictionary! {
        "Type" => "Filespec",
        "F" => text_string(RECORD_NAME),
        "UF" => text_string(RECORD_NAME),
        "Desc" => text_string(&facts.record_label),
        "AFRelationship" => "Data",
        "EF" => dictionary! { "F" => file, "UF" => file },
    })
}

fn information(facts: &Facts) -> Dictionary {
    let issued = Object::string_literal(pdf_date(facts.issued_at));
    dictionary! {
        "Title" => text_string(&facts.title),
        "Author" => text_string(&facts.author),
        "Producer" => text_string(PRODUCER),
        "CreationDate" => issued.clone(),
        "ModDate" => issued,
    }
}

fn pdf_date(at: Timestamp) -> String {
    at.strftime("D:%Y%m%d%H%M%SZ").to_string()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The XMP packet; what the information dictionary says is said here in the same words.
fn xmp(facts: &Facts) -> String {
    let (title, author) = (escaped(&facts.title), escaped(&facts.author));
    let identifier = escaped(&facts.identifier);
    let issued = facts.issued_at.strftime("%Y-%m-%dT%H:%M:%SZ");
    format!(
        r#"<?xpacket begin="{bom}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:identifier>{identifier}</dc:identifier>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{LANGUAGE}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{PRODUCER}</pdf:Producer>
<xmp:CreateDate>{issued}</xmp:CreateDate>
<xmp:ModifyDate>{issued}</xmp:ModifyDate>
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 the document conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"#,
        bom = '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_break_the_metadata() {
        let facts = Facts {
            title: "LHP <b>& \"Pemilu\"".into(),
            author: "Panwaslu & kawan".into(),
            identifier: "x".into(),
            issued_at: Timestamp::UNIX_EPOCH,
            record: Vec::new(),
            record_label: String::new(),
        };
        let packet = xmp(&facts);
        assert!(packet.contains("LHP &lt;b&gt;&amp; \"Pemilu\""));
        assert!(packet.contains("1970-01-01T00:00:00Z"));
    }
}
