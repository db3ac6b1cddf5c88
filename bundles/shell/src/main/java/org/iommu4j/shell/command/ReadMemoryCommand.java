package org.iommu4j.shell.command;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Notation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "mm:read", description = "Load bytes as a process does, faults included.")
final class ReadMemoryCommand extends ProcessQuery {
    private static final int MOST = 1 << 20;
    private static final int LINE = 16;
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    @Parameters(index = "0", paramLabel = "PROCESS", description = "its number")
    private int id;

    @Parameters(index = "1", paramLabel = "ADDRESS", description = "0x and hexadecimal digits, or decimal ones",
            converter = AddressConverter.class)
    private long address;

    @Parameters(index = "2", paramLabel = "LENGTH", arity = "0..1", defaultValue = "64",
            description = "in bytes, for example 64 or 4K; ${DEFAULT-VALUE}", converter = LengthConverter.class)
    private long length;

    ReadMemoryCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        if (length < 0 || length > MOST) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%d bytes at once, the limit is %d", length, MOST);
        }
        byte[] bytes = new byte[(int) length];
        process(id).read(address, bytes);
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("process", id);
        object.put("address", Notation.hex(address));
        object.put("bytes", HexFormat.of().formatHex(bytes));
        return Answer.of(lines(bytes), object);
    }

    private String lines(byte[] bytes) {
        StringJoiner lines = new StringJoiner("\n");
        for (int at = 0; at < bytes.length; at += LINE) {
            int end = Math.min(at + LINE, bytes.length);
            StringBuilder text = new StringBuilder();
            for (int i = at; i < end; i++) {
                text.append(bytes[i] >= ' ' && bytes[i] < 0x7f ? (char) bytes[i] : '.');
            }
            lines.add(String.format("%s  %-47s  %s", Notation.hex(address + at), HEX.formatHex(bytes, at, end), text));
        }
        return lines.toString();
    }
}
