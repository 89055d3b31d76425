// What every dissector does with its tables: Lua 5.2, as Wireshark 4.0 has it.

enum LuaEngine {
    /// Makes fields of `structs`, `enums` and `flags`, and reads structures with them.
    static let text = #"""
        local expert_truncated = ProtoExpert.new(
            main.name:lower() .. ".truncated", "The bytes end before the message does",
            expert.group.MALFORMED, expert.severity.ERROR)
        local expert_excess = ProtoExpert.new(
            main.name:lower() .. ".excess", "Bytes follow that the message does not tell of",
            expert.group.PROTOCOL, expert.severity.NOTE)
        main.experts = { expert_truncated, expert_excess }

        local prefix = main.name:lower()
        local integers = { u8 = 1, u16 = 2, u32 = 4, u64 = 8, i32 = 4, i64 = 8 }
        local makers = {
            u8 = ProtoField.uint8, u16 = ProtoField.uint16, u32 = ProtoField.uint32,
            u64 = ProtoField.uint64, i32 = ProtoField.int32, i64 = ProtoField.int64,
        }
        local registered = {}

        local function register(field)
            registered[#registered + 1] = field
            return field
        end

        --- `virtio_gpu_rect` without the protocol's own name.
        local function short(name)
            return name:sub(1, #prefix + 1) == prefix .. "_" and name:sub(#prefix + 2) or name
        end

        local function base_of(kind, name)
            if kind == "enum" then return enums[name].base end
            if kind == "flags" then return flags[name].base end
            return kind
        end

        local function make_bits(abbreviation, set)
            local bits = {}
            local width = integers[set.base] * 8
            for _, bit in ipairs(set.bits) do
                local name = abbreviation .. "." .. bit[2]:lower()
                local field
                if bit.single then
                    field = ProtoField.bool(name, bit[2], width, nil, bit[1])
                else
                    field = makers[set.base](name, bit[2], base.HEX, nil, bit[1])
                end
                bits[#bits + 1] = register(field)
            end
            return bits
        end

        local function make_field(row, abbreviation, label)
            local kind, name = row[3], row[4]
            row.size = row.size or (kind == "struct" and structs[name].size or integers[base_of(kind, name)])
            if kind == "struct" then
                row.field = register(ProtoField.none(abbreviation, label))
            elseif kind == "u8" and (row.count or row.counted or row.rest) then
                row.field = register(row.text and ProtoField.string(abbreviation, label)
                    or ProtoField.bytes(abbreviation, label))
            elseif kind == "enum" then
                local set = enums[name]
                row.field = register(makers[set.base](abbreviation, label,
                    set.hex and base.HEX or base.DEC, set.values))
            elseif kind == "flags" then
                row.field = register(makers[flags[name].base](abbreviation, label, base.HEX))
                row.bits = make_bits(abbreviation, flags[name])
            else
                row.field = register(makers[kind](abbreviation, label,
                    kind:sub(1, 1) == "i" and base.DEC or base.DEC_HEX))
            end
        end

        for name, struct in pairs(structs) do
            for _, row in ipairs(struct.rows) do
                make_field(row, prefix .. "." .. short(name) .. "." .. row[1]:gsub("%.", "_"), row[1])
            end
            for _, row in ipairs(struct.trailing) do
                make_field(row, prefix .. "." .. short(name) .. "." .. row[1], row[1])
            end
        end

        local field_excess = register(ProtoField.bytes(prefix .. ".excess", "Bytes that follow"))

        local function truncated(tree, what, from, to, limit)
            tree:add_proto_expert_info(expert_truncated,
                string.format("Malformed: %s is bytes %d to %d, and there are %d", what, from, to, limit))
        end

        local function number(range, kind)
            if kind == "u64" then return range:le_uint64():tonumber() end
            if kind == "i64" then return range:le_int64():tonumber() end
            if kind == "i32" then return range:le_int() end
            return range:le_uint()
        end

        local dissect

        --- One element; nil when it is cut short.
        local function dissect_element(row, tvb, at, limit, tree)
            local kind, name = row[3], row[4]
            local size = kind == "struct" and structs[name].size or integers[base_of(kind, name)]
            local range = tvb(at, size)
            if kind == "struct" then
                return dissect(name, tvb, at, limit, tree:add(row.field, range))
            end
            local item = tree:add_le(row.field, range)
            for _, bit in ipairs(row.bits or {}) do item:add_le(bit, range) end
            return at + size, number(range, base_of(kind, name))
        end

        local function applies(row, values, taken)
            if row.on then
                local value = values[row.on[1]]
                local match = value ~= nil and row.on[2][value] == true
                if match then taken[row[2]] = true end
                return match
            end
            return not (row.otherwise and taken[row[2]])
        end

        local function dissect_row(row, name, tvb, offset, limit, tree, values)
            local at = offset + row[2]
            if at + row.size > limit then
                truncated(tree, name .. "." .. row[1], at, at + row.size, limit)
                return false
            end
            if row[3] == "u8" and row.count then
                tree:add(row.field, tvb(at, row.size))
                return true
            end
            local count = row.count or 1
            for index = 0, count - 1 do
                local stride = row.size / count
                local after, value = dissect_element(row, tvb, at + index * stride, limit, tree)
                if after == nil then return false end
                values[row[1]] = value
            end
            return true
        end

        --- What follows a structure; nil when it is cut short.
        local function dissect_trailing(row, name, tvb, after, limit, tree, values)
            local size = row.element
            local count = row.counted and (values[row.counted] or 0)
                or math.floor((limit - after) / size)
            local fitting = math.min(count, math.floor((limit - after) / size))
            if row[3] == "u8" then
                if fitting > 0 then tree:add(row.field, tvb(after, fitting)) end
            else
                for index = 0, math.min(fitting, 4096) - 1 do
                    dissect_element(row, tvb, after + index * size, limit, tree)
                end
            end
            if fitting < count then
                truncated(tree, name .. "." .. row[1], after, after + count * size, limit)
                return nil
            end
            return after + count * size
        end

        --- Where the structure ends and the numbers in it; nil when it is cut short.
        function dissect(name, tvb, offset, limit, tree)
            local struct = structs[name]
            local values, taken = {}, {}
            for _, row in ipairs(struct.rows) do
                if applies(row, values, taken)
                    and not dissect_row(row, name, tvb, offset, limit, tree, values)
                then return nil, values end
            end
            local after = offset + struct.size
            for _, row in ipairs(struct.trailing) do
                after = dissect_trailing(row, name, tvb, after, limit, tree, values)
                if after == nil then return nil, values end
            end
            return after, values
        end

        --- Ends a message: marks one that was cut short, shows what is left of one that was not.
        local function finish(after, tvb, limit, pinfo, tree)
            if after == nil then
                pinfo.cols.info:append(" [Malformed]")
            elseif after < limit then
                tree:add(field_excess, tvb(after, limit - after))
                tree:add_proto_expert_info(expert_excess)
            end
        end

        local function begin(proto, tvb, pinfo, tree)
            pinfo.cols.protocol = proto.name
            return tree:add(proto, tvb(0, tvb:len()))
        end

        --- The code at the front and its name; nil when there is none.
        local function code_of(enum, tvb, pinfo, tree)
            if tvb:len() < 4 then
                truncated(tree, "the code", 0, 4, tvb:len())
                pinfo.cols.info = "[Malformed]"
                return nil
            end
            local code = tvb(0, 4):le_uint()
            local name = enums[enum].values[code]
            pinfo.cols.info = name or string.format("unknown code 0x%x", code)
            return code, name
        end

        """#

    /// Messages whose first word is their code.
    static let selfDescribing = #"""

        function main.dissector(tvb, pinfo, tree)
            local root = begin(main, tvb, pinfo, tree)
            local code = code_of(code_enum, tvb, pinfo, root)
            if code == nil then return end
            local after = dissect(messages[code] or header, tvb, 0, tvb:len(), root)
            finish(after, tvb, tvb:len(), pinfo, root)
        end

        """#

    /// Commands and events begin with their codes, responses are told by the command before them.
    static let commandsAndResponses = #"""

        local newest = nil
        local answered = {}

        function main.init()
            newest = nil
            answered = {}
        end

        function main.dissector(tvb, pinfo, tree)
            local root = begin(main, tvb, pinfo, tree)
            local code = code_of(command_enum, tvb, pinfo, root)
            if code == nil then return end
            local after, values = dissect(commands[code] or command_header, tvb, 0, tvb:len(), root)
            local ioctl = values and values.code
            if not pinfo.visited then newest = { code = code, ioctl = ioctl } end
            if ioctl then
                pinfo.cols.info:append(" " .. (enums[ioctl_enum].values[ioctl] or tostring(ioctl)))
                if after then
                    after = dissect_ioctl(ioctl, tvb, after, tvb:len(), root, true)
                end
            end
            finish(after, tvb, tvb:len(), pinfo, root)
        end

        local response = Proto(main.name:lower() .. "_response", main.description .. ", response")

        function response.dissector(tvb, pinfo, tree)
            local root = begin(response, tvb, pinfo, tree)
            if not pinfo.visited then answered[pinfo.number] = newest end
            local command = answered[pinfo.number] or {}
            local name = command.code and enums[command_enum].values[command.code]
            pinfo.cols.info = name and "response to " .. name or "response"
            local length = tvb:len()
            -- A failed command gets the header alone.
            local struct = length > structs[response_header].size and responses[command.code]
                or response_header
            local after = dissect(struct, tvb, 0, length, root)
            if after and command.ioctl then
                after = dissect_ioctl(command.ioctl, tvb, after, length, root, false)
            end
            finish(after, tvb, length, pinfo, root)
        end

        local event = Proto(main.name:lower() .. "_event", main.description .. ", event")

        function event.dissector(tvb, pinfo, tree)
            local root = begin(event, tvb, pinfo, tree)
            local code = code_of(event_enum, tvb, pinfo, root)
            if code == nil then return end
            local after = dissect(events[code] or event_header, tvb, 0, tvb:len(), root)
            finish(after, tvb, tvb:len(), pinfo, root)
        end

        """#

    /// A channel: a header with a code, flags and the payload's size; bit 2 of the flags says reply.
    static let channel = #"""

        local function channel(proto, enum, header, rows)
            for _, row in pairs(rows) do
                for _, payload in pairs({ row.payload, row.reply }) do
                    if payload[3] ~= "struct" then
                        make_field(payload, prefix .. "." .. row.name:lower(), payload[4] or payload[1])
                    end
                end
            end
            function proto.dissector(tvb, pinfo, tree)
                local root = begin(proto, tvb, pinfo, tree)
                local code = code_of(enum, tvb, pinfo, root)
                if code == nil then return end
                local after, values = dissect(header, tvb, 0, tvb:len(), root)
                if after == nil then return finish(nil, tvb, 0, pinfo, root) end
                local limit = after + values.size
                if limit > tvb:len() then
                    truncated(root, "the payload", after, limit, tvb:len())
                    pinfo.cols.info:append(" [Malformed]")
                    limit = tvb:len()
                end
                local is_reply = bit32.band(values.flags, 4) ~= 0
                if is_reply then pinfo.cols.info:append(" (reply)") end
                local row = rows[code] or {}
                local payload = is_reply and row.reply or not is_reply and row.payload
                if is_reply and row.reply == nil and values.size == 8 then payload = acknowledgement end
                if payload and limit > after then
                    if payload.rest then
                        root:add(payload.field, tvb(after, limit - after))
                        after = limit
                    elseif payload[3] == "struct" then
                        after = dissect(payload[4], tvb, after, limit, root)
                    elseif after + payload.size > limit then
                        truncated(root, payload[1], after, after + payload.size, limit)
                        after = nil
                    else
                        after = dissect_element(payload, tvb, after, limit, root)
                    end
                elseif payload and not row.optional then
                    truncated(root, payload[4] or payload[1], after, after + 1, limit)
                    after = nil
                end
                finish(after, tvb, limit, pinfo, root)
                if limit < tvb:len() then finish(limit, tvb, tvb:len(), pinfo, root) end
            end
        end

        """#
}
