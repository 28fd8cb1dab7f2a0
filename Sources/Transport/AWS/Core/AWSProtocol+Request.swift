import Foundation

extension AWSProtocol {
    /// What a call is on the wire, not yet signed.
    ///
    /// - Parameter endpoint: scheme and host, without a slash at its end.
    func request(
        _ operation: AWSOperation, endpoint: String, timeout: Duration
    ) throws(AWSOperationFault) -> HTTPRequest {
        var request = HTTPRequest(
            method: operation.method, url: endpoint + (try operation.target()), headers: operation.headers,
            timeout: timeout)
        switch (self, operation.input) {
        case (.json(let version, let targetPrefix, let isQueryCompatible), .none),
            (.json(let version, let targetPrefix, let isQueryCompatible), .json):
            request.headers.append(("X-Amz-Target", "\(targetPrefix).\(operation.name)"))
            request.add("Content-Type", "application/x-amz-json-\(version.rawValue)")
            if isQueryCompatible { request.headers.append(("x-amzn-query-mode", "true")) }
            if case .json(let data) = operation.input {
                request.body = .data(data)
            } else {
                request.body = .data(Data("{}".utf8))
            }
        case (.query(let version), .none), (.query(let version), .form):
            var fields = [(name: "Action", value: operation.name), (name: "Version", value: version)]
            if case .form(let value) = operation.input { fields += value.fields() }
            request.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            var form: [UInt8] = []
            for field in fields {
                if !form.isEmpty { form.append(UInt8(ascii: "&")) }
                form.appendFormEncoded(field.name)
                form.append(UInt8(ascii: "="))
                form.appendFormEncoded(field.value)
            }
            request.body = .data(Data(form))
        case (.restJSON, .none), (.restXML, .none): break
        case (.restJSON, .body(let body)), (.restXML, .body(let body)): request.body = body
        case (.restJSON, .json(let data)):
            request.add("Content-Type", "application/json")
            request.body = .data(data)
        case (.restXML, .xml(let node)):
            request.add("Content-Type", "application/xml")
            request.body = .data(Data(node.serialized().utf8))
        default:
            throw AWSOperationFault(reason: "its input is not of the service's protocol")
        }
        return request
    }
}

extension [UInt8] {
    /// As forms write it: a space is a plus.
    fileprivate mutating func appendFormEncoded(_ text: String) {
        let start = count
        appendPercentEncoded(text.utf8, keeping: ASCIISet(" "))
        for index in start..<count where self[index] == UInt8(ascii: " ") { self[index] = UInt8(ascii: "+") }
    }
}

extension HTTPRequest {
    /// Adds a header unless it is there.
    fileprivate mutating func add(_ name: String, _ value: String) {
        guard !headers.contains(where: { $0.name.isHeader(name) }) else {
            return
        }
        headers.append((name, value))
    }
}
