//! Answers those who fetch a function's zip by a link.

use cloud_core::{Protocol, Request, Response, ServiceError};

use crate::service::Functions;

impl Functions {
    /// Answers a request for a function's zip, by a link that GetFunction gave.
    pub async fn fetch_code(&self, request: &Request) -> Response {
        self.zip(request).await.unwrap_or_else(|error| Protocol::RestXml.error(&error, &request.id))
    }

    async fn zip(&self, request: &Request) -> Result<Response, ServiceError> {
        let hash = self.code_links.zip_of(request)?;
        if request.method != hyper::Method::GET {
            let text = "The specified method is not allowed against this resource.";
            return Err(ServiceError::new(405, "MethodNotAllowed", text));
        }
        let zip = self.code.read(&hash).await.map_err(|error| ServiceError::internal(error.to_string()))?;
        match zip {
            Some(zip) => Ok(Response::new(200, "application/zip", zip)),
            None => Err(ServiceError::new(404, "NoSuchKey", "The specified key does not exist.")),
        }
    }
}
