import HTTPTypes

extension Operation {
    /// Refuses a request whose `Accept` admits none of the types in which the operation answers (RFC 9110,
    /// section 12.5.1), before anything is done for it.
    ///
    /// An operation that sends files of any type is not asked, nor one that tells of this in a way of its own.
    ///
    /// - Throws: ``RequestFault/notAcceptable(types:)``.
    func checkAccept(of request: APIRequest) throws(RequestFault) {
        let fields = request.headers[values: .accept]
        guard !fields.isEmpty, let types = negotiatedTypes else { return }
        let list = WeightedList(fields)
        let isAdmitted = types.contains { type in
            let family = type.prefix { $0 != "/" }
            return (list.weight(of: type, "\(family)/*", "*/*") ?? 0) > 0
        }
        guard isAdmitted else { throw .notAcceptable(types: types) }
    }

    /// The types among which a client may choose; `nil` where `Accept` is not looked at.
    var negotiatedTypes: [String]? {
        guard isListed, !responses.contains(where: { $0.status == 406 }) else { return nil }
        var types: [String] = []
        for response in responses where (200..<300).contains(response.status) {
            switch response.content {
            case .json: types.append("application/json")
            case .events: types.append("text/event-stream")
            case .none, .bytes, .socket: return nil
            }
        }
        return types.isEmpty ? nil : Set(types).sorted()
    }
}
