//! Folders of the Serverless Framework, as their owners have them.

mod folders;
mod lesson;
mod ministack;
mod packaging;
mod shapes;
