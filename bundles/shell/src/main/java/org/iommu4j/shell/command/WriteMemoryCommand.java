package org.iommu4j.shell.command;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.sva.UserProcess;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Notation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "mm:write", description = "Store a text as a process does, faults included.")
final class WriteMemoryCommand extends ProcessQuery {
    @Parameters(index = "0", paramLabel = "PROCESS", description = "its number")
    private int id;

    @Parameters(index = "1", paramLabel = "ADDRESS", description = "0x and hexadecimal digits, or decimal ones",
            converter = AddressConverter.class)
    private long address;

    @Parameters(index = "2", paramLabel = "TEXT", description = "what to store")
    private String text;

    @Option(names = "--hex", description = "the text is bytes, two hexadecimal digits each")
    private boolean hex;

    WriteMemoryCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        byte[] bytes = bytes();
        UserProcess process = process(id);
        process.write(address, bytes);
        return about(Notation.count(bytes.length, "byte"), process, address, bytes.length, -1);
    }

    private byte[] bytes() {
        if (!hex) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException e) {
            throw IommuException.of(Reason.BAD_INPUT, "'%s': %s", text, e.getMessage());
        }
    }
}
