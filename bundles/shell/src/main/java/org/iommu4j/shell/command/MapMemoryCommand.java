package org.iommu4j.shell.command;

import org.iommu4j.api.sva.Access;
import org.iommu4j.api.sva.UserProcess;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Notation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "mm:map", description = "Give a process an area of zeroes.")
final class MapMemoryCommand extends ProcessQuery {
    @Parameters(index = "0", paramLabel = "PROCESS", description = "its number")
    private int id;

    @Parameters(index = "1", paramLabel = "LENGTH", description = "in bytes, for example 4096, 0x1000, 4K or 2M",
            converter = LengthConverter.class)
    private long length;

    @Option(names = "--at", paramLabel = "ADDRESS", description = "where; a gap is chosen without it",
            converter = AddressConverter.class)
    private Long address;

    @Option(names = "--access", paramLabel = "RWX", defaultValue = "rw",
            description = "made of r, w and x; ${DEFAULT-VALUE}")
    private String access;

    MapMemoryCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        UserProcess process = process(id);
        int allowed = Access.parse(access);
        long at = address == null ? process.map(length, allowed) : address;
        if (address != null) {
            process.mapAt(at, length, allowed);
        }
        return about(Notation.hex(at), process, at, length, allowed);
    }
}
