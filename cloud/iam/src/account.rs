//! What tools ask of an account that has one user and no alias.

use cloud_core::{Form, Request, ServiceError, Xml};

use crate::role::date;
use crate::service::Iam;
use crate::sts::{USER_ID, USER_NAME, session, user_arn};

/// The user whose credentials any access key is taken for.
pub(crate) fn get_user(iam: &Iam, request: &Request) -> Result<Xml, ServiceError> {
    let form = Form::of(request);
    let name = form.get("UserName");
    if name.is_none() && session(iam, request).is_some() {
        let text = "Must specify userName when calling with non-User credentials";
        return Err(ServiceError::new(400, "ValidationError", text));
    }
    let name = name.unwrap_or(USER_NAME);
    if name != USER_NAME {
        return Err(missing(&format!("The user with name {name} cannot be found.")));
    }
    let user = Xml::new()
        .text("Path", "/")
        .text("UserName", USER_NAME)
        .text("UserId", USER_ID)
        .text("Arn", &user_arn(form.account()))
        .text("CreateDate", &date(jiff::Timestamp::UNIX_EPOCH));
    Ok(Xml::new().nest("User", user))
}

pub(crate) fn list_aliases(_iam: &Iam, _form: &Form) -> Result<Xml, ServiceError> {
    Ok(Xml::new().list("AccountAliases", []).text("IsTruncated", "false"))
}

fn missing(text: &str) -> ServiceError {
    ServiceError::new(404, "NoSuchEntity", text)
}
