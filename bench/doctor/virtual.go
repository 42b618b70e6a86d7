package doctor

import (
	"slices"
	"strings"
)

// virtualNames are parts of what firmware calls machines that are none.
func virtualNames() []string {
	return []string{"qemu", "kvm", "virtual", "vmware", "xen", "bochs", "openstack", "amazon ec2", "google compute", "dummy-virt", "firecracker", "bhyve", "parallels"}
}

// virtual tells a virtual machine, by what the processor says on amd64, and by
// what the firmware says elsewhere.
func (d *Doctor) virtual() Check {
	c := Check{Name: "virtual machine", Effect: "In a virtual machine cores, caches and clock speed are shared with guests that can't be seen from here."}
	info, _ := d.read("proc/cpuinfo")
	if flags, ok := field(info, "flags"); ok {
		if slices.Contains(strings.Fields(flags), "hypervisor") {
			c.Seen, c.Level = "virtual: the processor has the hypervisor flag", Matters
			return c
		}
		c.Seen, c.Level = "no hypervisor", Fine
		return c
	}
	if product, _ := d.read("sys/class/dmi/id/product_name"); strings.Contains(product, "metal") {
		c.Seen, c.Level = product, Fine // a cloud's, where its vendor alone would say virtual
		return c
	}
	for _, file := range []string{"sys/hypervisor/type", "sys/class/dmi/id/sys_vendor", "sys/class/dmi/id/product_name", "sys/firmware/devicetree/base/model"} {
		text, ok := d.read(file)
		text = strings.Trim(text, "\x00 \n")
		if !ok || text == "" {
			continue
		}
		lower := strings.ToLower(text)
		if file == "sys/hypervisor/type" || slices.ContainsFunc(virtualNames(), func(part string) bool { return strings.Contains(lower, part) }) {
			c.Seen, c.Level = "virtual: "+text, Matters
			return c
		}
		c.Seen, c.Level = text, Fine
	}
	if c.Seen == "" {
		c.Seen, c.Level = "neither the processor nor the firmware tells", Unknown
	}
	return c
}
