package org.iommu4j.shell.command;

import org.iommu4j.api.sva.Access;
import org.iommu4j.api.sva.UserProcess;
import org.iommu4j.shell.answer.Answer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "mm:protect", description = "Change what memory of a process allows.")
final class ProtectMemoryCommand extends ProcessQuery {
    @Parameters(index = "0", paramLabel = "PROCESS", description = "its number")
    private int id;

    @Parameters(index = "1", paramLabel = "ADDRESS", description = "0x and hexadecimal digits, or decimal ones",
            converter = AddressConverter.class)
    private long address;

    @Parameters(index = "2", paramLabel = "LENGTH", description = "in bytes, for example 4096, 0x1000, 4K or 2M",
            converter = LengthConverter.class)
    private long length;

    @Parameters(index = "3", paramLabel = "RWX", description = "made of r, w and x; - for none")
    private String access;

    ProtectMemoryCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        UserProcess process = process(id);
        int allowed = Access.parse(access);
        process.protect(address, length, allowed);
        return about("protected", process, address, length, allowed);
    }
}
