package org.iommu4j.qemu.machine;

import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.qemu.process.QemuProgram;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/**
 * Publishes one machine for each configuration, and takes it back when its QEMU dies: to core, that is a machine that
 * was pulled out. It registers the service itself, because a component cannot take back its own while it lives.
 */
@Component(immediate = true, service = {}, configurationPid = QemuConfiguration.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = QemuConfiguration.class, factory = true)
public final class QemuMachines {
    private final QemuMachine machine;
    private ServiceRegistration<Machine> registration;

    /** @throws IommuException BAD_INPUT (configuration), NO_DEVICE (no usable QEMU, with the way to get it) */
    @Activate
    public QemuMachines(BundleContext context, QemuConfiguration configuration) {
        if (configuration.machine() == null || configuration.machine().isBlank()) {
            throw IommuException.of(Reason.BAD_INPUT, "configuration %s: property 'machine' is missing",
                    QemuConfiguration.PID);
        }
        QemuBoard board = new QemuBoard(QemuDefinition.named(configuration.definition()), configuration.memory(),
                configuration.devices());
        QemuProgram program = configuration.binary().isBlank() ? board.definition().program()
                : new QemuProgram(configuration.binary());
        program.check();
        this.machine = new QemuMachine(configuration.machine(), board, program,
                Optional.of(configuration.keep()).filter(each -> !each.isBlank()).map(Path::of), this::withdraw);
        // Core only enqueues when it binds; a QEMU that dies meanwhile finds the registration.
        synchronized (this) {
            this.registration = context.registerService(Machine.class, machine,
                    new Hashtable<>(Map.of(Machine.NAME, machine.name())));
        }
    }

    @Deactivate
    void deactivate() {
        withdraw();
        machine.powerOff();
    }

    private void withdraw() {
        ServiceRegistration<Machine> mine = take();
        if (mine != null) {
            mine.unregister();
        }
    }

    private synchronized ServiceRegistration<Machine> take() {
        ServiceRegistration<Machine> mine = registration;
        registration = null;
        return mine;
    }
}
