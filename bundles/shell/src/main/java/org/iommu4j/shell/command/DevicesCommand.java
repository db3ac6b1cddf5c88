package org.iommu4j.shell.command;

import org.iommu4j.api.Device;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Table;
import picocli.CommandLine.Command;

@Command(name = "devices", description = "List the devices whose DMA a unit translates.")
final class DevicesCommand extends MachineQuery {
    DevicesCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        return new Table<Device>()
                .column("machine", Device::machine)
                .column("device", Device::address)
                .column("id", device -> String.format("%04x:%04x", device.vendorId(), device.deviceId()))
                .column("class", device -> String.format("%06x", device.classCode()))
                .column("group", device -> device.group().id())
                .column("domain", device -> DomainName.of(device.group().domain()))
                .of(services.machinesNamed(machine).stream().flatMap(ops -> ops.devices().stream()).toList(),
                        "no devices");
    }
}
