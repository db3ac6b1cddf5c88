package org.iommu4j.shell.command;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.iommu4j.api.sva.Access;
import org.iommu4j.api.sva.Processes;
import org.iommu4j.api.sva.UserProcess;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Notation;
import picocli.CommandLine.Option;

/** A command about the processes of one machine. */
abstract class ProcessQuery extends Query {
    /** A machine's processes come shortly after its memory. */
    private static final Duration START = Duration.ofSeconds(2);

    @Option(names = "--machine", paramLabel = "NAME", description = "which machine; needed if there are several")
    String machine;

    ProcessQuery(Services services) {
        super(services);
    }

    /** @throws org.iommu4j.api.IommuException NO_DEVICE, INCOMPATIBLE (several machines) */
    Processes processes() {
        services.await(() -> services.processes().stream()
                .anyMatch(each -> machine == null || each.machine().equals(machine)), START);
        return services.processes(machine);
    }

    /** @throws org.iommu4j.api.IommuException NO_DEVICE, INCOMPATIBLE (several machines) */
    UserProcess process(int id) {
        return processes().get(id);
    }

    static Answer about(String text, UserProcess process) {
        Map<String, Object> object = object(process);
        object.put("name", process.name());
        return Answer.of(text, object);
    }

    /** @param access as {@link Access} bits, or -1 if it is not of interest */
    static Answer about(String text, UserProcess process, long address, long length, int access) {
        Map<String, Object> object = object(process);
        object.put("address", Notation.hex(address));
        object.put("length", length);
        if (access >= 0) {
            object.put("access", Access.text(access));
        }
        return Answer.of(text, object);
    }

    private static Map<String, Object> object(UserProcess process) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("machine", process.machine());
        object.put("process", process.id());
        return object;
    }
}
