package org.iommu4j.replay.command;

import java.util.Optional;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.Machine;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;

/** Why a machine does not come: what its component said when it failed. Any thread. */
final class MachineFailures {
    private static final String CAUSE = "Caused by: ";
    /** As {@link IommuException#toString} begins. */
    private static final String REASON = "^[A-Z_]+: ";

    private final ServiceComponentRuntime components;

    MachineFailures(ServiceComponentRuntime components) {
        this.components = components;
    }

    /** @throws IommuException NO_DEVICE if the machine's component has failed */
    void check(String machine) {
        failure(machine).ifPresent(text -> {
            throw new IommuException(Reason.NO_DEVICE, "machine " + machine + " cannot be made: " + text);
        });
    }

    private Optional<String> failure(String machine) {
        return components.getComponentDescriptionDTOs().stream()
                .flatMap(each -> components.getComponentConfigurationDTOs(each).stream())
                .filter(each -> each.state == ComponentConfigurationDTO.FAILED_ACTIVATION
                        && machine.equals(each.properties.get(Machine.NAME)))
                .map(each -> message(each.failure)).findFirst();
    }

    /** The innermost cause in a stack trace, which is all that a component leaves. */
    private static String message(String stackTrace) {
        return stackTrace.lines().filter(line -> line.startsWith(CAUSE)).reduce((outer, inner) -> inner)
                .map(line -> line.substring(CAUSE.length()).replaceFirst(REASON, "")).orElse(stackTrace.strip());
    }
}
