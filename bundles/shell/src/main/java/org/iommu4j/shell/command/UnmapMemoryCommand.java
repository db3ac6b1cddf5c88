package org.iommu4j.shell.command;

import org.iommu4j.api.sva.UserProcess;
import org.iommu4j.shell.answer.Answer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "mm:unmap", description = "Take memory of a process away.")
final class UnmapMemoryCommand extends ProcessQuery {
    @Parameters(index = "0", paramLabel = "PROCESS", description = "its number")
    private int id;

    @Parameters(index = "1", paramLabel = "ADDRESS", description = "0x and hexadecimal digits, or decimal ones",
            converter = AddressConverter.class)
    private long address;

    @Parameters(index = "2", paramLabel = "LENGTH", description = "in bytes, for example 4096, 0x1000, 4K or 2M",
            converter = LengthConverter.class)
    private long length;

    UnmapMemoryCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        UserProcess process = process(id);
        process.unmap(address, length);
        return about("unmapped", process, address, length, -1);
    }
}
