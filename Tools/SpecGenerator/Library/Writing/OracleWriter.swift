// A C file in which the compiler compares the tables with the kernel's headers.

struct OracleWriter {
    let specification: Specification

    func text() -> String {
        let compared = specification.documents.filter { !$0.cHeaders.isEmpty }
        let headers = Set(compared.flatMap(\.cHeaders)).sorted()
        var out = "// Generated from the tables of Spec/: `make generate` writes it anew.\n\n"
        out += "#include \"SpecOracle.h\"\n\n"
        out += headers.map { "#include <\($0)>\n" }.joined()
        out += """

            #define SIZE(place, type, size) {place, #type, "", 0, size, 0, sizeof(struct type), 1}
            #define FIELD(place, type, field, offset, size) \\
                {place, #type, #field, offset, size, offsetof(struct type, field), \\
                 sizeof(((struct type *)0)->field), 1}
            #define NUMBER(place, name, value, c) {place, "", #name, value, 8, c, 8, 1}
            #define UNKNOWN(place, name, value) {place, "", #name, value, 8, 0, 0, 0}

            static const struct spec_row rows[] = {

            """
        for document in compared {
            for type in document.structs where !type.sentences.isNotInC {
                out += rows(type, document)
            }
            for type in document.enums where !type.sentences.isNotInC {
                out += rows(type.values, type.sentences, isMacro: isMacro(type), document)
            }
            for constants in document.constants where !constants.sentences.isNotInC {
                let named = constants.values.filter { $0.name != $0.swift }
                out += rows(named, constants.sentences, isMacro: true, document)
            }
        }
        return out + """
            };

            const struct spec_row *spec_row_at(size_t index) {
                return index < sizeof rows / sizeof rows[0] ? &rows[index] : NULL;
            }

            """
    }

    /// What C declares by `enum NAME` is known to the preprocessor by no name.
    private func isMacro(_ type: EnumDefinition) -> Bool {
        type.sentences.isMacroInC || type.name != type.name.lowercased()
    }

    private func rows(_ type: StructDefinition, _ document: Document) -> String {
        let name = type.sentences.cName ?? type.name
        var out = ""
        if !type.sentences.isLongerInC {
            out = "    SIZE(\"\(document.path):\(type.place.line)\", \(name), \(type.size)),\n"
        }
        for field in type.fields {
            guard let member = field.name else { continue }
            out += "    FIELD(\"\(document.path):\(field.line)\", \(name), \(member), "
            out += "\(field.offset), \(field.size)),\n"
        }
        return out
    }

    private func rows(
        _ values: [NamedValue], _ sentences: Sentences, isMacro: Bool, _ document: Document
    ) -> String {
        values.map { value in
            let place = "\"\(document.path):\(value.line)\", \(value.name), \(value.value)u"
            let number =
                sentences.isBitNumberInC
                ? "1ull << \(value.name)"
                : sentences.isIoctlNumberInC ? "_IOC_NR(\(value.name))" : value.name
            let row = "    NUMBER(\(place), \(number)),\n"
            if !isMacro { return row }
            return "#ifdef \(value.name)\n\(row)#else\n    UNKNOWN(\(place)),\n#endif\n"
        }.joined()
    }
}
