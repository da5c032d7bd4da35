/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 02cf2e14254ef21f4f0d93ae119624aade3a824c */

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_TYPE_MASK_EX(arginfo_sem_get, 0, 1, SysvSemaphore, MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, key, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, max_acquire, IS_LONG, 0, "1")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, permissions, IS_LONG, 0, "0666")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, auto_release, _IS_BOOL, 0, "true")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_sem_acquire, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, semaphore, SysvSemaphore, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, non_blocking, _IS_BOOL, 0, "false")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_sem_release, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, semaphore, SysvSemaphore, 0)
ZEND_END_ARG_INFO()

#define arginfo_sem_remove arginfo_sem_release

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_TYPE_MASK_EX(arginfo_shm_attach, 0, 1, SysvSharedMemory, MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, key, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, size, IS_LONG, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, permissions, IS_LONG, 0, "0666")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_shm_detach, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, shm, SysvSharedMemory, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_shm_has_var, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, shm, SysvSharedMemory, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_LONG, 0)
ZEND_END_ARG_INFO()

#define arginfo_shm_remove arginfo_shm_detach

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_shm_put_var, 0, 3, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, shm, SysvSharedMemory, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_shm_get_var, 0, 2, IS_MIXED, 0)
	ZEND_ARG_OBJ_INFO(0, shm, SysvSharedMemory, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_LONG, 0)
ZEND_END_ARG_INFO()

#define arginfo_shm_remove_var arginfo_shm_has_var

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_TYPE_MASK_EX(arginfo_slotmem_create, 0, 3, Shmpack\\SlotTable, MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, item_size, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, item_num, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, type, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_TYPE_MASK_EX(arginfo_slotmem_attach, 0, 1, Shmpack\\SlotTable, MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, read_only, _IS_BOOL, 0, "false")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_slotmem_doall, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, slots, Shmpack\\SlotTable, 0)
	ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, data, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_TYPE_MASK_EX(arginfo_slotmem_dptr, 0, 2, Shmpack\\SlotView, MAY_BE_FALSE)
	ZEND_ARG_OBJ_INFO(0, slots, Shmpack\\SlotTable, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_slotmem_get, 0, 2, MAY_BE_STRING|MAY_BE_FALSE)
	ZEND_ARG_OBJ_INFO(0, slots, Shmpack\\SlotTable, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, length, IS_LONG, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_slotmem_put, 0, 3, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, slots, Shmpack\\SlotTable, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, data, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_slotmem_num_slots, 0, 1, IS_LONG, 0)
	ZEND_ARG_OBJ_INFO(0, slots, Shmpack\\SlotTable, 0)
ZEND_END_ARG_INFO()

#define arginfo_slotmem_num_free_slots arginfo_slotmem_num_slots

#define arginfo_slotmem_slot_size arginfo_slotmem_num_slots

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_slotmem_grab, 0, 1, MAY_BE_LONG|MAY_BE_FALSE)
	ZEND_ARG_OBJ_INFO(0, slots, Shmpack\\SlotTable, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_slotmem_fgrab, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, slots, Shmpack\\SlotTable, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_LONG, 0)
ZEND_END_ARG_INFO()

#define arginfo_slotmem_release arginfo_slotmem_fgrab

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_slotmem_put_var, 0, 3, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, slots, Shmpack\\SlotTable, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_slotmem_get_var, 0, 2, IS_MIXED, 0)
	ZEND_ARG_OBJ_INFO(0, slots, Shmpack\\SlotTable, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_slotmem_sync, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, slots, Shmpack\\SlotTable, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_slotmem_remove, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, slots, Shmpack\\SlotTable, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, stored, _IS_BOOL, 0, "false")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_TYPE_MASK_EX(arginfo_Shmpack_sem_get, 0, 1, Shmpack\\SysvSemaphore, MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, key, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, max_acquire, IS_LONG, 0, "1")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, permissions, IS_LONG, 0, "0666")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, auto_release, _IS_BOOL, 0, "true")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Shmpack_sem_acquire, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, semaphore, Shmpack\\SysvSemaphore, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, non_blocking, _IS_BOOL, 0, "false")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Shmpack_sem_release, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, semaphore, Shmpack\\SysvSemaphore, 0)
ZEND_END_ARG_INFO()

#define arginfo_Shmpack_sem_remove arginfo_Shmpack_sem_release

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_TYPE_MASK_EX(arginfo_Shmpack_shm_attach, 0, 1, Shmpack\\SysvSharedMemory, MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, key, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, size, IS_LONG, 1, "null")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, permissions, IS_LONG, 0, "0666")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Shmpack_shm_detach, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, shm, Shmpack\\SysvSharedMemory, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Shmpack_shm_has_var, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, shm, Shmpack\\SysvSharedMemory, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_LONG, 0)
ZEND_END_ARG_INFO()

#define arginfo_Shmpack_shm_remove arginfo_Shmpack_shm_detach

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Shmpack_shm_put_var, 0, 3, _IS_BOOL, 0)
	ZEND_ARG_OBJ_INFO(0, shm, Shmpack\\SysvSharedMemory, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Shmpack_shm_get_var, 0, 2, IS_MIXED, 0)
	ZEND_ARG_OBJ_INFO(0, shm, Shmpack\\SysvSharedMemory, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_LONG, 0)
ZEND_END_ARG_INFO()

#define arginfo_Shmpack_shm_remove_var arginfo_Shmpack_shm_has_var

#define arginfo_Shmpack_slotmem_create arginfo_slotmem_create

#define arginfo_Shmpack_slotmem_attach arginfo_slotmem_attach

#define arginfo_Shmpack_slotmem_doall arginfo_slotmem_doall

#define arginfo_Shmpack_slotmem_dptr arginfo_slotmem_dptr

#define arginfo_Shmpack_slotmem_get arginfo_slotmem_get

#define arginfo_Shmpack_slotmem_put arginfo_slotmem_put

#define arginfo_Shmpack_slotmem_num_slots arginfo_slotmem_num_slots

#define arginfo_Shmpack_slotmem_num_free_slots arginfo_slotmem_num_slots

#define arginfo_Shmpack_slotmem_slot_size arginfo_slotmem_num_slots

#define arginfo_Shmpack_slotmem_grab arginfo_slotmem_grab

#define arginfo_Shmpack_slotmem_fgrab arginfo_slotmem_fgrab

#define arginfo_Shmpack_slotmem_release arginfo_slotmem_fgrab

#define arginfo_Shmpack_slotmem_put_var arginfo_slotmem_put_var

#define arginfo_Shmpack_slotmem_get_var arginfo_slotmem_get_var

#define arginfo_Shmpack_slotmem_sync arginfo_slotmem_sync

#define arginfo_Shmpack_slotmem_remove arginfo_slotmem_remove

#define arginfo_class_Shmpack_SlotTable_create arginfo_slotmem_create

#define arginfo_class_Shmpack_SlotTable_attach arginfo_slotmem_attach

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotTable_doall, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, callback, IS_CALLABLE, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, data, IS_MIXED, 0, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_TYPE_MASK_EX(arginfo_class_Shmpack_SlotTable_dptr, 0, 1, Shmpack\\SlotView, MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, id, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_class_Shmpack_SlotTable_get, 0, 1, MAY_BE_STRING|MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, id, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, length, IS_LONG, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotTable_put, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, data, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotTable_numSlots, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Shmpack_SlotTable_numFreeSlots arginfo_class_Shmpack_SlotTable_numSlots

#define arginfo_class_Shmpack_SlotTable_slotSize arginfo_class_Shmpack_SlotTable_numSlots

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_class_Shmpack_SlotTable_grab, 0, 0, MAY_BE_LONG|MAY_BE_FALSE)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotTable_fgrab, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_LONG, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Shmpack_SlotTable_release arginfo_class_Shmpack_SlotTable_fgrab

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotTable_putVar, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotTable_getVar, 0, 1, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotTable_sync, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotTable_remove, 0, 0, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, stored, _IS_BOOL, 0, "false")
ZEND_END_ARG_INFO()

#define arginfo_class_Shmpack_SlotTable_inUse arginfo_class_Shmpack_SlotTable_fgrab

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotTable_owner, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotTable_orphans, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotTable_reclaim, 0, 0, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, id, IS_LONG, 1, "null")
ZEND_END_ARG_INFO()

#define arginfo_class_Shmpack_SlotTable_isReadOnly arginfo_class_Shmpack_SlotTable_sync

#define arginfo_class_Shmpack_SlotView_id arginfo_class_Shmpack_SlotTable_numSlots

#define arginfo_class_Shmpack_SlotView_count arginfo_class_Shmpack_SlotTable_numSlots

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_class_Shmpack_SlotView_read, 0, 0, MAY_BE_STRING|MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, offset, IS_LONG, 0, "0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, length, IS_LONG, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotView_write, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, data, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, offset, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_class_Shmpack_SlotView_getInt, 0, 1, MAY_BE_LONG|MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, offset, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, bytes, IS_LONG, 0, "8")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, signed, _IS_BOOL, 0, "true")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotView_setInt, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, bytes, IS_LONG, 0, "8")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_class_Shmpack_SlotView_getFloat, 0, 1, MAY_BE_DOUBLE|MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, offset, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, bytes, IS_LONG, 0, "8")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotView_setFloat, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_DOUBLE, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, bytes, IS_LONG, 0, "8")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_class_Shmpack_SlotView_add, 0, 2, MAY_BE_LONG|MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, offset, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, delta, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, bytes, IS_LONG, 0, "8")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotView_compareExchange, 0, 3, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, expected, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, desired, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, bytes, IS_LONG, 0, "8")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotView_offsetExists, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_class_Shmpack_SlotView_offsetGet, 0, 1, MAY_BE_LONG|MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, offset, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotView_offsetSet, 0, 2, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, value, IS_MIXED, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Shmpack_SlotView_offsetUnset, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, offset, IS_MIXED, 0)
ZEND_END_ARG_INFO()


ZEND_FUNCTION(sem_get);
ZEND_FUNCTION(sem_acquire);
ZEND_FUNCTION(sem_release);
ZEND_FUNCTION(sem_remove);
ZEND_FUNCTION(shm_attach);
ZEND_FUNCTION(shm_detach);
ZEND_FUNCTION(shm_has_var);
ZEND_FUNCTION(shm_remove);
ZEND_FUNCTION(shm_put_var);
ZEND_FUNCTION(shm_get_var);
ZEND_FUNCTION(shm_remove_var);
ZEND_FUNCTION(slotmem_create);
ZEND_FUNCTION(slotmem_attach);
ZEND_FUNCTION(slotmem_doall);
ZEND_FUNCTION(slotmem_dptr);
ZEND_FUNCTION(slotmem_get);
ZEND_FUNCTION(slotmem_put);
ZEND_FUNCTION(slotmem_num_slots);
ZEND_FUNCTION(slotmem_num_free_slots);
ZEND_FUNCTION(slotmem_slot_size);
ZEND_FUNCTION(slotmem_grab);
ZEND_FUNCTION(slotmem_fgrab);
ZEND_FUNCTION(slotmem_release);
ZEND_FUNCTION(slotmem_put_var);
ZEND_FUNCTION(slotmem_get_var);
ZEND_FUNCTION(slotmem_sync);
ZEND_FUNCTION(slotmem_remove);
ZEND_METHOD(Shmpack_SlotTable, inUse);
ZEND_METHOD(Shmpack_SlotTable, owner);
ZEND_METHOD(Shmpack_SlotTable, orphans);
ZEND_METHOD(Shmpack_SlotTable, reclaim);
ZEND_METHOD(Shmpack_SlotTable, isReadOnly);
ZEND_METHOD(Shmpack_SlotView, id);
ZEND_METHOD(Shmpack_SlotView, count);
ZEND_METHOD(Shmpack_SlotView, read);
ZEND_METHOD(Shmpack_SlotView, write);
ZEND_METHOD(Shmpack_SlotView, getInt);
ZEND_METHOD(Shmpack_SlotView, setInt);
ZEND_METHOD(Shmpack_SlotView, getFloat);
ZEND_METHOD(Shmpack_SlotView, setFloat);
ZEND_METHOD(Shmpack_SlotView, add);
ZEND_METHOD(Shmpack_SlotView, compareExchange);
ZEND_METHOD(Shmpack_SlotView, offsetExists);
ZEND_METHOD(Shmpack_SlotView, offsetGet);
ZEND_METHOD(Shmpack_SlotView, offsetSet);
ZEND_METHOD(Shmpack_SlotView, offsetUnset);


static const zend_function_entry ext_functions[] = {
	ZEND_FE(sem_get, arginfo_sem_get)
	ZEND_FE(sem_acquire, arginfo_sem_acquire)
	ZEND_FE(sem_release, arginfo_sem_release)
	ZEND_FE(sem_remove, arginfo_sem_remove)
	ZEND_FE(shm_attach, arginfo_shm_attach)
	ZEND_FE(shm_detach, arginfo_shm_detach)
	ZEND_FE(shm_has_var, arginfo_shm_has_var)
	ZEND_FE(shm_remove, arginfo_shm_remove)
	ZEND_FE(shm_put_var, arginfo_shm_put_var)
	ZEND_FE(shm_get_var, arginfo_shm_get_var)
	ZEND_FE(shm_remove_var, arginfo_shm_remove_var)
	ZEND_FE(slotmem_create, arginfo_slotmem_create)
	ZEND_FE(slotmem_attach, arginfo_slotmem_attach)
	ZEND_FE(slotmem_doall, arginfo_slotmem_doall)
	ZEND_FE(slotmem_dptr, arginfo_slotmem_dptr)
	ZEND_FE(slotmem_get, arginfo_slotmem_get)
	ZEND_FE(slotmem_put, arginfo_slotmem_put)
	ZEND_FE(slotmem_num_slots, arginfo_slotmem_num_slots)
	ZEND_FE(slotmem_num_free_slots, arginfo_slotmem_num_free_slots)
	ZEND_FE(slotmem_slot_size, arginfo_slotmem_slot_size)
	ZEND_FE(slotmem_grab, arginfo_slotmem_grab)
	ZEND_FE(slotmem_fgrab, arginfo_slotmem_fgrab)
	ZEND_FE(slotmem_release, arginfo_slotmem_release)
	ZEND_FE(slotmem_put_var, arginfo_slotmem_put_var)
	ZEND_FE(slotmem_get_var, arginfo_slotmem_get_var)
	ZEND_FE(slotmem_sync, arginfo_slotmem_sync)
	ZEND_FE(slotmem_remove, arginfo_slotmem_remove)
	ZEND_NS_FALIAS("Shmpack", sem_get, sem_get, arginfo_Shmpack_sem_get)
	ZEND_NS_FALIAS("Shmpack", sem_acquire, sem_acquire, arginfo_Shmpack_sem_acquire)
	ZEND_NS_FALIAS("Shmpack", sem_release, sem_release, arginfo_Shmpack_sem_release)
	ZEND_NS_FALIAS("Shmpack", sem_remove, sem_remove, arginfo_Shmpack_sem_remove)
	ZEND_NS_FALIAS("Shmpack", shm_attach, shm_attach, arginfo_Shmpack_shm_attach)
	ZEND_NS_FALIAS("Shmpack", shm_detach, shm_detach, arginfo_Shmpack_shm_detach)
	ZEND_NS_FALIAS("Shmpack", shm_has_var, shm_has_var, arginfo_Shmpack_shm_has_var)
	ZEND_NS_FALIAS("Shmpack", shm_remove, shm_remove, arginfo_Shmpack_shm_remove)
	ZEND_NS_FALIAS("Shmpack", shm_put_var, shm_put_var, arginfo_Shmpack_shm_put_var)
	ZEND_NS_FALIAS("Shmpack", shm_get_var, shm_get_var, arginfo_Shmpack_shm_get_var)
	ZEND_NS_FALIAS("Shmpack", shm_remove_var, shm_remove_var, arginfo_Shmpack_shm_remove_var)
	ZEND_NS_FALIAS("Shmpack", slotmem_create, slotmem_create, arginfo_Shmpack_slotmem_create)
	ZEND_NS_FALIAS("Shmpack", slotmem_attach, slotmem_attach, arginfo_Shmpack_slotmem_attach)
	ZEND_NS_FALIAS("Shmpack", slotmem_doall, slotmem_doall, arginfo_Shmpack_slotmem_doall)
	ZEND_NS_FALIAS("Shmpack", slotmem_dptr, slotmem_dptr, arginfo_Shmpack_slotmem_dptr)
	ZEND_NS_FALIAS("Shmpack", slotmem_get, slotmem_get, arginfo_Shmpack_slotmem_get)
	ZEND_NS_FALIAS("Shmpack", slotmem_put, slotmem_put, arginfo_Shmpack_slotmem_put)
	ZEND_NS_FALIAS("Shmpack", slotmem_num_slots, slotmem_num_slots, arginfo_Shmpack_slotmem_num_slots)
	ZEND_NS_FALIAS("Shmpack", slotmem_num_free_slots, slotmem_num_free_slots, arginfo_Shmpack_slotmem_num_free_slots)
	ZEND_NS_FALIAS("Shmpack", slotmem_slot_size, slotmem_slot_size, arginfo_Shmpack_slotmem_slot_size)
	ZEND_NS_FALIAS("Shmpack", slotmem_grab, slotmem_grab, arginfo_Shmpack_slotmem_grab)
	ZEND_NS_FALIAS("Shmpack", slotmem_fgrab, slotmem_fgrab, arginfo_Shmpack_slotmem_fgrab)
	ZEND_NS_FALIAS("Shmpack", slotmem_release, slotmem_release, arginfo_Shmpack_slotmem_release)
	ZEND_NS_FALIAS("Shmpack", slotmem_put_var, slotmem_put_var, arginfo_Shmpack_slotmem_put_var)
	ZEND_NS_FALIAS("Shmpack", slotmem_get_var, slotmem_get_var, arginfo_Shmpack_slotmem_get_var)
	ZEND_NS_FALIAS("Shmpack", slotmem_sync, slotmem_sync, arginfo_Shmpack_slotmem_sync)
	ZEND_NS_FALIAS("Shmpack", slotmem_remove, slotmem_remove, arginfo_Shmpack_slotmem_remove)
	ZEND_FE_END
};


static const zend_function_entry class_SysvSemaphore_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_SysvSharedMemory_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Shmpack_SlotTable_methods[] = {
	ZEND_ME_MAPPING(create, slotmem_create, arginfo_class_Shmpack_SlotTable_create, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_ME_MAPPING(attach, slotmem_attach, arginfo_class_Shmpack_SlotTable_attach, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_ME_MAPPING(doall, slotmem_doall, arginfo_class_Shmpack_SlotTable_doall, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(dptr, slotmem_dptr, arginfo_class_Shmpack_SlotTable_dptr, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(get, slotmem_get, arginfo_class_Shmpack_SlotTable_get, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(put, slotmem_put, arginfo_class_Shmpack_SlotTable_put, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(numSlots, slotmem_num_slots, arginfo_class_Shmpack_SlotTable_numSlots, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(numFreeSlots, slotmem_num_free_slots, arginfo_class_Shmpack_SlotTable_numFreeSlots, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(slotSize, slotmem_slot_size, arginfo_class_Shmpack_SlotTable_slotSize, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(grab, slotmem_grab, arginfo_class_Shmpack_SlotTable_grab, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(fgrab, slotmem_fgrab, arginfo_class_Shmpack_SlotTable_fgrab, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(release, slotmem_release, arginfo_class_Shmpack_SlotTable_release, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(putVar, slotmem_put_var, arginfo_class_Shmpack_SlotTable_putVar, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(getVar, slotmem_get_var, arginfo_class_Shmpack_SlotTable_getVar, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(sync, slotmem_sync, arginfo_class_Shmpack_SlotTable_sync, ZEND_ACC_PUBLIC)
	ZEND_ME_MAPPING(remove, slotmem_remove, arginfo_class_Shmpack_SlotTable_remove, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotTable, inUse, arginfo_class_Shmpack_SlotTable_inUse, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotTable, owner, arginfo_class_Shmpack_SlotTable_owner, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotTable, orphans, arginfo_class_Shmpack_SlotTable_orphans, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotTable, reclaim, arginfo_class_Shmpack_SlotTable_reclaim, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotTable, isReadOnly, arginfo_class_Shmpack_SlotTable_isReadOnly, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};


static const zend_function_entry class_Shmpack_SlotView_methods[] = {
	ZEND_ME(Shmpack_SlotView, id, arginfo_class_Shmpack_SlotView_id, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotView, count, arginfo_class_Shmpack_SlotView_count, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotView, read, arginfo_class_Shmpack_SlotView_read, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotView, write, arginfo_class_Shmpack_SlotView_write, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotView, getInt, arginfo_class_Shmpack_SlotView_getInt, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotView, setInt, arginfo_class_Shmpack_SlotView_setInt, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotView, getFloat, arginfo_class_Shmpack_SlotView_getFloat, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotView, setFloat, arginfo_class_Shmpack_SlotView_setFloat, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotView, add, arginfo_class_Shmpack_SlotView_add, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotView, compareExchange, arginfo_class_Shmpack_SlotView_compareExchange, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotView, offsetExists, arginfo_class_Shmpack_SlotView_offsetExists, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotView, offsetGet, arginfo_class_Shmpack_SlotView_offsetGet, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotView, offsetSet, arginfo_class_Shmpack_SlotView_offsetSet, ZEND_ACC_PUBLIC)
	ZEND_ME(Shmpack_SlotView, offsetUnset, arginfo_class_Shmpack_SlotView_offsetUnset, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};


static const zend_function_entry class_Shmpack_SysvSemaphore_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Shmpack_SysvSharedMemory_methods[] = {
	ZEND_FE_END
};

static void register_shmpack_symbols(int module_number)
{
	REGISTER_LONG_CONSTANT("SLOTMEM_TYPE_PERSIST", shmpack::kSlotsPersist, CONST_PERSISTENT);
	REGISTER_LONG_CONSTANT("SLOTMEM_TYPE_NOTMPSAFE", shmpack::kSlotsNotMpSafe, CONST_PERSISTENT);
	REGISTER_LONG_CONSTANT("SLOTMEM_TYPE_PREGRAB", shmpack::kSlotsPregrab, CONST_PERSISTENT);
	REGISTER_LONG_CONSTANT("SLOTMEM_TYPE_CLEARINUSE", shmpack::kSlotsClearInUse, CONST_PERSISTENT);
}

static zend_class_entry *register_class_SysvSemaphore(void)
{
	zend_class_entry ce, *class_entry;

	INIT_CLASS_ENTRY(ce, "SysvSemaphore", class_SysvSemaphore_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;

	return class_entry;
}

static zend_class_entry *register_class_SysvSharedMemory(void)
{
	zend_class_entry ce, *class_entry;

	INIT_CLASS_ENTRY(ce, "SysvSharedMemory", class_SysvSharedMemory_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;

	return class_entry;
}

static zend_class_entry *register_class_Shmpack_SlotTable(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Shmpack", "SlotTable", class_Shmpack_SlotTable_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;

	return class_entry;
}

static zend_class_entry *register_class_Shmpack_SlotView(zend_class_entry *class_entry_ArrayAccess, zend_class_entry *class_entry_Countable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Shmpack", "SlotView", class_Shmpack_SlotView_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
	zend_class_implements(class_entry, 2, class_entry_ArrayAccess, class_entry_Countable);

	return class_entry;
}

static zend_class_entry *register_class_Shmpack_SysvSemaphore(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Shmpack", "SysvSemaphore", class_Shmpack_SysvSemaphore_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;

	return class_entry;
}

static zend_class_entry *register_class_Shmpack_SysvSharedMemory(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Shmpack", "SysvSharedMemory", class_Shmpack_SysvSharedMemory_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;

	return class_entry;
}
