//! What the parts of a document are, for people who listen to it and for programs that read it.

/// What an element is; the names are those of ISO 32000-1, 14.8.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Document,
    Title,
    Heading,
    Subheading,
    Paragraph,
    List,
    ListItem,
    Label,
    ListBody,
    Table,
    TableRow,
    HeaderCell,
    Cell,
    Figure,
    Caption,
    Section,
    Form,
}

/// The number of an element in its [`Structure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(crate) usize);

/// Whose content a mark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// An element of the structure.
    Element(NodeId),
    /// Nobody's: rules, backgrounds.
    Decoration,
    /// Nobody's: footers and repeated table headers.
    Pagination,
}

/// One element.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) role: Role,
    pub(crate) parent: Option<NodeId>,
    /// What a picture shows.
    pub(crate) alternative: Option<String>,
}

/// The tree of elements; parents come before their children, siblings in reading order.
#[derive(Debug)]
pub(crate) struct Structure {
    pub(crate) nodes: Vec<Node>,
}

impl Structure {
    /// The element everything belongs to.
    pub(crate) const ROOT: NodeId = NodeId(0);

    pub(crate) fn new() -> Self {
        Structure { nodes: vec![Node { role: Role::Document, parent: None, alternative: None }] }
    }

    /// Adds an element after its siblings.
    pub(crate) fn add(&mut self, parent: NodeId, role: Role) -> NodeId {
        self.nodes.push(Node { role, parent: Some(parent), alternative: None });
        NodeId(self.nodes.len() - 1)
    }

    /// Adds a picture with the text that stands for it.
    pub(crate) fn add_figure(&mut self, parent: NodeId, alternative: String) -> NodeId {
        self.nodes.push(Node { role: Role::Figure, parent: Some(parent), alternative: Some(alternative) });
        NodeId(self.nodes.len() - 1)
    }
}
