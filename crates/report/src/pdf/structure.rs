//! The structure tree: which content is a heading, a table cell, a picture.

use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};

use super::{references, text_string};
use crate::layout::structure::{Node, NodeId, Role, Structure};

/// The standard structure type of a role (ISO 32000-1, 14.8.4).
pub(super) fn tag(role: Role) -> &'static str {
    match role {
        Role::Document => "Document",
        Role::Title => "H1",
        Role::Heading => "H2",
        Role::Subheading => "H3",
        Role::Paragraph => "P",
        Role::List => "L",
        Role::ListItem => "LI",
        Role::Label => "Lbl",
        Role::ListBody => "LBody",
        Role::Table => "Table",
        Role::TableRow => "TR",
        Role::HeaderCell => "TH",
        Role::Cell => "TD",
        Role::Figure => "Figure",
        Role::Caption => "Caption",
        Role::Section => "Sect",
        Role::Form => "Form",
    }
}

/// Where the content of elements is: marked contents by page, and annotations.
pub(super) struct Contents {
    /// For every page, its object and the owners of its marked contents by number.
    pub(super) pages: Vec<(ObjectId, Vec<NodeId>)>,
    /// Annotations with the element and the page they belong to.
    pub(super) annotations: Vec<(ObjectId, NodeId, ObjectId)>,
    /// The box of each picture on its page, lower left and upper right corner.
    pub(super) boxes: Vec<(NodeId, [f32; 4])>,
}

/// Adds the tree and connects pages and annotations to it.
pub(super) fn add(pdf: &mut Document, structure: &Structure, contents: &Contents) -> Result<(), lopdf::Error> {
    let root = pdf.new_object_id();
    let ids: Vec<ObjectId> = structure.nodes.iter().map(|_| pdf.new_object_id()).collect();
    let mut kids: Vec<Vec<Object>> = vec![Vec::new(); ids.len()];
    let mut first_page: Vec<Option<ObjectId>> = vec![None; ids.len()];
    let mut parents = Vec::new();

    for (number, (page, owners)) in contents.pages.iter().enumerate() {
        for (content, owner) in owners.iter().enumerate() {
            // The element's own page needs no naming; content that goes on elsewhere does.
            let home = *first_page[owner.0].get_or_insert(*page);
            kids[owner.0].push(if home == *page {
                Object::Integer(content as i64)
            } else {
                Object::Dictionary(dictionary! { "Type" => "MCR", "Pg" => *page, "MCID" => content as i64 })
            });
        }
        let owners = pdf.add_object(references(owners.iter().map(|owner| ids[owner.0])));
        parents.extend([Object::Integer(number as i64), Object::Reference(owners)]);
        let page = pdf.get_dictionary_mut(*page)?;
        page.set("StructParents", number as i64);
        page.set("Tabs", "S");
    }
    for (at, (annotation, owner, page)) in contents.annotations.iter().enumerate() {
        let number = (contents.pages.len() + at) as i64;
        kids[owner.0].push(Object::Dictionary(dictionary! { "Type" => "OBJR", "Obj" => *annotation, "Pg" => *page }));
        parents.extend([Object::Integer(number), Object::Reference(ids[owner.0])]);
        pdf.get_dictionary_mut(*annotation)?.set("StructParent", number);
    }
    // An element's own content comes before its children: a list item before the list within it.
    for (node, id) in structure.nodes.iter().zip(&ids) {
        if let Some(parent) = node.parent {
            kids[parent.0].push(Object::Reference(*id));
        }
    }

    for (at, node) in structure.nodes.iter().enumerate() {
        let mut element = dictionary! {
            "Type" => "StructElem",
            "S" => tag(node.role),
            "P" => node.parent.map_or(root, |parent| ids[parent.0]),
        };
        if let Some(page) = first_page[at] {
            element.set("Pg", page);
        }
        let mut kids = std::mem::take(&mut kids[at]);
        match kids.len() {
            0 => {}
            1 => element.set("K", kids.remove(0)),
            _ => element.set("K", kids),
        }
        describe(node, NodeId(at), contents, &mut element);
        pdf.objects.insert(ids[at], Object::Dictionary(element));
    }

    let next = (contents.pages.len() + contents.annotations.len()) as i64;
    let parent_tree = pdf.add_object(dictionary! { "Nums" => parents });
    let tree = dictionary! {
        "Type" => "StructTreeRoot",
        "K" => ids[Structure::ROOT.0],
        "ParentTree" => parent_tree,
        "ParentTreeNextKey" => next,
    };
    pdf.objects.insert(root, Object::Dictionary(tree));
    pdf.catalog_mut()?.set("StructTreeRoot", root);
    Ok(())
}

fn describe(node: &Node, id: NodeId, contents: &Contents, element: &mut Dictionary) {
    if let Some(alternative) = &node.alternative {
        element.set("Alt", text_string(alternative));
    }
    match node.role {
        Role::HeaderCell => element.set("A", dictionary! { "O" => "Table", "Scope" => "Column" }),
        Role::List => element.set("A", dictionary! { "O" => "List", "ListNumbering" => "Decimal" }),
        Role::Figure => {
            if let Some((_, edges)) = contents.boxes.iter().find(|(owner, _)| *owner == id) {
                let edges: Vec<Object> = edges.iter().map(|&edge| Object::Real(edge)).collect();
                element.set("A", dictionary! { "O" => "Layout", "Placement" => "Block", "BBox" => edges });
            }
        }
        _ => {}
    }
}
