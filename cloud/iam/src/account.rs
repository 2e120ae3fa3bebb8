//! What tools ask of an account that has one user, no alias and no instances.

use cloud_core::{Form, ServiceError, Xml};

use crate::role::date;
use crate::service::Iam;
use crate::sts::{USER_ID, USER_NAME, user_arn};

/// The user whose credentials any access key is taken for.
pub(crate) fn get_user(_iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let name = form.get("UserName").unwrap_or(USER_NAME);
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
    Ok(nothing("AccountAliases"))
}

pub(crate) fn list_instance_profiles(_iam: &Iam, _form: &Form) -> Result<Xml, ServiceError> {
    Ok(nothing("InstanceProfiles"))
}

pub(crate) fn get_instance_profile(_iam: &Iam, form: &Form) -> Result<Xml, ServiceError> {
    let name = form.required("InstanceProfileName")?;
    Err(missing(&format!("Instance Profile {name} cannot be found.")))
}

fn nothing(list: &str) -> Xml {
    Xml::new().list(list, []).text("IsTruncated", "false")
}

fn missing(text: &str) -> ServiceError {
    ServiceError::new(404, "NoSuchEntity", text)
}
